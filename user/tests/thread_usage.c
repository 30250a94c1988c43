// SPDX-License-Identifier: MIT
/*
 * thread_usage.c: getrusage(RUSAGE_THREAD) and CLOCK_THREAD_CPUTIME_ID tell of the calling thread,
 * RUSAGE_SELF and CLOCK_PROCESS_CPUTIME_ID of all, those that ended included.
 */
#include "thread.h"

#define NR_PAGES 50

static long long busy_ns;

static long faults(int who)
{
	struct rusage usage;

	CHECK_OK(getrusage(who, &usage));
	return usage.ru_minflt;
}

static void *works(void *unused)
{
	long before = faults(RUSAGE_THREAD);
	char *p = map_anon(NR_PAGES, PROT_READ | PROT_WRITE);

	for (int i = 0; i < NR_PAGES; i++)
		p[i * PAGE] = 1;
	CHECK(faults(RUSAGE_THREAD) - before >= NR_PAGES);
	CHECK(faults(RUSAGE_THREAD) - before < NR_PAGES + 20);
	while (now_ns(CLOCK_THREAD_CPUTIME_ID) < 30000000)
		;
	busy_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
	return unused;
}

TEST()
{
	long mine = faults(RUSAGE_THREAD), all = faults(RUSAGE_SELF);
	long long all_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	long long mine_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);

	thread_join(thread_start(works, NULL));
	CHECK(faults(RUSAGE_THREAD) - mine < NR_PAGES);
	CHECK(faults(RUSAGE_SELF) - all >= NR_PAGES);
	/* However much this thread was on the CPU itself: what the other one used counts for all,
	 * not for this one. */
	mine_ns = now_ns(CLOCK_THREAD_CPUTIME_ID) - mine_ns;
	all_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID) - all_ns;
	CHECK(all_ns - mine_ns >= busy_ns - 1000000);
}

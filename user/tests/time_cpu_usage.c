// SPDX-License-Identifier: MIT
/*
 * time_cpu_usage.c: getrusage, times and CLOCK_PROCESS_CPUTIME_ID count the time a process runs; a
 * child's time is added when it is waited for.
 */
#include "test.h"

static void burn(long long ns)
{
	long long end = now_ns(CLOCK_PROCESS_CPUTIME_ID) + ns;

	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < end)
		for (volatile int i = 0; i < 1000; i++)
			;
}

static long long used_us(int who)
{
	struct rusage usage;

	CHECK_OK(getrusage(who, &usage));
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL +
	       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

TEST()
{
	long long before = used_us(RUSAGE_SELF);
	struct tms t;
	struct rusage usage;
	pid_t pid;

	burn(40000000);
	CHECK(used_us(RUSAGE_SELF) - before >= 15000);
	before = used_us(RUSAGE_SELF);
	sleep_ms(50);
	CHECK(used_us(RUSAGE_SELF) - before < 40000);
	CHECK_EQ(used_us(RUSAGE_CHILDREN), 0);
	pid = fork_child();
	if (pid == 0) {
		burn(40000000);
		_exit(0);
	}
	CHECK_EXITS(pid, 0);
	CHECK(used_us(RUSAGE_CHILDREN) >= 15000);
	CHECK((long)times(&t) != -1);
	CHECK(t.tms_utime + t.tms_stime >= 1);
	CHECK(t.tms_cutime + t.tms_cstime >= 1);
	CHECK_ERR(getrusage(99, &usage), EINVAL);
}

// SPDX-License-Identifier: MIT
/*
 * membarrier_orders.c: With membarrier(PRIVATE_EXPEDITED) on one side, the other needs only a
 * barrier of the compiler. (Dekker: each stores to its own word and loads the other's; at least one
 * of them must see the other's store.)
 *
 * The fast side stores n and loads without end, and notes for each n what it loaded. The slow side
 * stores k, calls, and loads m: then the fast side's store of m + 1 came later, so its load with that
 * must have seen k. That this shows a missing barrier is shown first: without the call there are such
 * rounds at once. With a call that orders nothing there are few, since it takes longer than a store
 * mostly waits in its buffer (which the notes, missing the cache, keep full): one in thirty to one in
 * ten thousand, as the host runs a virtual machine's CPUs. So a membarrier without interrupts is
 * noticed now and then only; membarrier_interrupts.c is sure to.
 */
#include <linux/membarrier.h>

#include "test.h"

#define NR_ROUNDS 4000
#define NR_NOTES  (1 << 14)

struct word {
	volatile unsigned long value __attribute__((aligned(64)));
};

static struct word mine __attribute__((aligned(128))), theirs __attribute__((aligned(128)));
static struct word notes[NR_NOTES] __attribute__((aligned(128)));

static volatile bool stop;
static char stack[65536] __attribute__((aligned(16)));

/* This thread runs on the nr-th of the CPUs that it may use. */
static void run_on(int nr)
{
	cpu_set_t all, one;

	CHECK_OK(sched_getaffinity(0, sizeof(all), &all));
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all) && nr-- == 0) {
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			CHECK_OK(sched_setaffinity(0, sizeof(one), &one));
			return;
		}
	skip("needs two CPUs");
}

static int fast(void *unused)
{
	(void)unused;
	for (unsigned long n = 1; !stop; n++) {
		mine.value = n;
		__asm__ volatile("" ::: "memory");
		notes[n % NR_NOTES].value = theirs.value;
	}
	return 0;
}

/* The slow side once. True: neither saw the other. */
static bool misses(unsigned long k, bool with_barrier)
{
	unsigned long m;

	theirs.value = k;
	if (with_barrier)
		CHECK_OK(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
	m = mine.value;
	for (int spins = 1; mine.value < m + 3; spins++)
		if (spins % 1000 == 0)
			sched_yield();
	if (mine.value > m + NR_NOTES - 1000) /* overwritten, perhaps: we had to pause */
		return false;
	return notes[(m + 1) % NR_NOTES].value < k;
}

/* So many rounds, or until it was seen so often. */
static int count_misses(bool with_barrier, int rounds, int enough)
{
	static unsigned long k;
	int seen = 0;

	for (int i = 0; i < rounds && seen < enough; i++)
		seen += misses(++k, with_barrier);
	return seen;
}

TEST()
{
	int control, missed;
	cpu_set_t all;
	pid_t pid;

	CHECK_OK(sched_getaffinity(0, sizeof(all), &all));
	memset(notes, 1, sizeof(notes));
	memset(notes, 0, sizeof(notes)); /* no faults, which would order */
	CHECK_OK(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
	run_on(1);
	pid = CHECK_OK(clone(fast, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL));
	CHECK_OK(sched_setaffinity(0, sizeof(all), &all));
	run_on(0);
	while (!mine.value)
		sched_yield();
	control = count_misses(false, 50 * NR_ROUNDS, 10);
	missed = count_misses(true, NR_ROUNDS, 1);
	stop = true;
	CHECK_EXITS(pid, 0);
	if (missed)
		CHECK_FAILED("neither side saw the other");
	if (!control)
		skip("these CPUs did not reorder a store and a load");
}

// SPDX-License-Identifier: MIT
/*
 * shootdown_mprotect.c: Two processes in one address space (clone with CLONE_VM): when mprotect
 * returns, the other one cannot store to the page any more, whatever its TLB held.
 */
#include "test.h"

/*
 * The page has a counter that the other side increments; the word stands still while it is read-
 * only.
 */
static volatile uint64_t *counter;
static volatile int stop, faults;

static void on_fault(int signo)
{
	(void)signo;
	faults++;
	sched_yield();
}

static int count(void *arg)
{
	(void)arg;
	while (!stop)
		counter[0]++;
	return 0;
}

TEST()
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));
	pid_t pid;

	counter = (void *)map_anon(1, PROT_READ | PROT_WRITE);
	CHECK(signal(SIGSEGV, on_fault) != SIG_ERR);
	pid = CHECK_OK(clone(count, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL));
	for (int round = 0; round < 30; round++) {
		uint64_t before = counter[0], frozen;

		WAIT_UNTIL(counter[0] != before);
		CHECK_OK(mprotect((void *)counter, PAGE, PROT_READ));
		frozen = counter[0];
		for (int i = 0; i < 2000; i++)
			CHECK_EQ(counter[0], frozen);
		CHECK_OK(mprotect((void *)counter, PAGE, PROT_READ | PROT_WRITE));
	}
	stop = 1;
	CHECK_EXITS(pid, 0);
}

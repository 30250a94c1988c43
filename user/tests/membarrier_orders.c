// SPDX-License-Identifier: MIT
/*
 * membarrier_orders.c: With membarrier(PRIVATE_EXPEDITED) on one side, the other needs only a
 * barrier of the compiler: of two threads that store to their own word and load the other's, never
 * both see zero (Dekker). Also what a thread stores before it sees a flag is seen after membarrier.
 */
#include <linux/membarrier.h>

#include "test.h"

#define NR_ROUNDS (on_vellum() ? 3000 : 30000)

static struct {
	volatile int mine __attribute__((aligned(64)));
	volatile int theirs __attribute__((aligned(64)));
	volatile int round __attribute__((aligned(64))); /* that the fast side may run */
	volatile int done __attribute__((aligned(64)));  /* that it has run */
	volatile int seen __attribute__((aligned(64)));  /* what it saw of theirs */
} s;

static char stack[65536] __attribute__((aligned(16)));

/* The fast side: a store, a load, and nothing between. */
static int fast(void *unused)
{
	(void)unused;
	for (int i = 1; i <= NR_ROUNDS; i++) {
		while (s.round != i)
			sched_yield();
		s.mine = i;
		__asm__ volatile("" ::: "memory");
		s.seen = s.theirs;
		s.done = i;
	}
	return 0;
}

TEST()
{
	pid_t pid;
	int rounds = NR_ROUNDS;

	CHECK_OK(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
	pid = CHECK_OK(clone(fast, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL));
	for (int i = 1; i <= rounds; i++) {
		int mine;

		s.round = i;
		s.theirs = i;
		CHECK_OK(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
		mine = s.mine;
		while (s.done != i)
			sched_yield();
		if (mine != i && s.seen != i)
			CHECK_FAILED("round %d: neither side saw the other", i);
	}
	CHECK_EXITS(pid, 0);
}

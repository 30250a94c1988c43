// SPDX-License-Identifier: MIT
/*
 * shootdown_munmap.c: Two processes in one address space: after munmap (and a new mapping in its
 * place) the other one does not reach the old frame. It stores a mark that must never turn up in
 * the new, zeroed memory of a third.
 */
#include "test.h"

static char *volatile page;
static volatile int stop;

static void on_fault(int signo)
{
	(void)signo;
	sched_yield();
}

static int scribble(void *arg)
{
	(void)arg;
	while (!stop)
		page[0] = 'X';
	return 0;
}

TEST()
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
	pid_t pid;

	page = map_anon(1, PROT_READ | PROT_WRITE);
	CHECK(signal(SIGSEGV, on_fault) != SIG_ERR);
	pid = CHECK_OK(clone(scribble, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL));
	for (int round = 0; round < 50; round++) {
		char *other;

		WAIT_UNTIL(page[0] == 'X');
		CHECK_OK(munmap(page, PAGE));
		/* The frame is free now; whoever gets it must not see the mark. */
		other = map_anon(4, PROT_READ | PROT_WRITE);
		if (other <= page && page < other + 4 * PAGE)
			CHECK_OK(munmap(other, 4 * PAGE));
		else {
			for (int i = 0; i < 4; i++)
				other[i * PAGE + 1] = 1;
			for (int i = 0; i < 4; i++)
				CHECK_EQ(other[i * PAGE], 0);
			CHECK_OK(munmap(other, 4 * PAGE));
		}
		CHECK(mmap(page, PAGE, PROT_READ | PROT_WRITE, flags, -1, 0) == page);
	}
	stop = 1;
	CHECK_EXITS(pid, 0);
}

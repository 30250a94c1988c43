// SPDX-License-Identifier: MIT
/*
 * shootdown_fork.c: fork in an address space that another process uses at the same time: the
 * child's copy stands still while the other one goes on writing.
 */
#include "test.h"

static volatile uint64_t *words;
static volatile int stop;

static int write_words(void *arg)
{
	(void)arg;
	for (uint64_t i = 1; !stop; i++)
		words[i % 512] = i;
	return 0;
}

TEST()
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));
	pid_t writer, pid;

	words = (void *)map_anon(1, PROT_READ | PROT_WRITE);
	writer = CHECK_OK(clone(write_words, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL));
	for (int round = 0; round < 15; round++) {
		WAIT_UNTIL(words[1] != 0);
		pid = fork_child();
		if (pid == 0) {
			uint64_t copy[512];

			for (int i = 0; i < 512; i++)
				copy[i] = words[i];
			for (int n = 0; n < 20; n++)
				for (int i = 0; i < 512; i++)
					if (words[i] != copy[i])
						_exit(1);
			_exit(0);
		}
		CHECK_EXITS(pid, 0);
	}
	stop = 1;
	CHECK_EXITS(writer, 0);
}

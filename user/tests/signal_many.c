// SPDX-License-Identifier: MIT
/*
 * signal_many.c: A process that is showered with signals by another one handles them all the time
 * and goes on computing rightly.
 */
#include "test.h"

static volatile int handled;

static void handler(int signo)
{
	(void)signo;
	handled++;
}

TEST()
{
	volatile uint64_t sum = 0;
	pid_t pid, parent = getpid();

	CHECK(signal(SIGUSR1, handler) != SIG_ERR);
	pid = fork_child();
	if (pid == 0) {
		for (int i = 0; i < 1000; i++)
			kill(parent, SIGUSR1);
		_exit(0);
	}
	for (uint64_t i = 0; i < 500000; i++)
		sum += i;
	CHECK_EXITS(pid, 0);
	CHECK_EQ(sum, 500000ULL * 499999 / 2);
	CHECK_EQ(handled > 0 && handled <= 1000, 1);
}

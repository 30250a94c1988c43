// SPDX-License-Identifier: MIT
/*
 * signal_mask_inherited.c: A child has the parent's mask but not its pending signals.
 */
#include "test.h"

TEST()
{
	sigset_t set, now;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK_OK(raise(SIGUSR1));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(sigprocmask(SIG_BLOCK, NULL, &now));
		CHECK_EQ(sigismember(&now, SIGUSR1), 1);
		CHECK_OK(sigpending(&now));
		CHECK_EQ(sigismember(&now, SIGUSR1), 0);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_OK(sigpending(&now));
	CHECK_EQ(sigismember(&now, SIGUSR1), 1);
}

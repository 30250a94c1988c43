// SPDX-License-Identifier: MIT
/*
 * signal_sigchld_coalesce.c: Many children ending at once are fewer SIGCHLDs, but waitpid finds
 * every one.
 */
#include "test.h"

#define NR 20

static volatile int handled;

static void handler(int signo)
{
	(void)signo;
	handled++;
}

TEST()
{
	sigset_t set, empty;
	int reaped = 0;

	sigemptyset(&empty);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK(signal(SIGCHLD, handler) != SIG_ERR);
	for (int i = 0; i < NR; i++)
		if (fork_child() == 0)
			_exit(0);
	while (reaped < NR) {
		sigsuspend(&empty);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			reaped++;
	}
	CHECK_EQ(handled >= 1 && handled <= NR, 1);
	CHECK_ERR(waitpid(-1, NULL, WNOHANG), ECHILD);
}

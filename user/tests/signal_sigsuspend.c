// SPDX-License-Identifier: MIT
/*
 * signal_sigsuspend.c: sigsuspend opens the mask, sleeps until a handler ran, and restores the
 * mask: no signal is lost between.
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
	sigset_t set, empty, now;
	pid_t pid, parent = getpid();

	CHECK(signal(SIGUSR1, handler) != SIG_ERR);
	sigemptyset(&empty);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	for (int i = 1; i <= 3; i++) {
		pid = fork_child();
		if (pid == 0) {
			kill(parent, SIGUSR1);
			_exit(0);
		}
		while (handled < i)
			CHECK_ERR(sigsuspend(&empty), EINTR);
		CHECK_OK(sigprocmask(SIG_BLOCK, NULL, &now));
		CHECK_EQ(sigismember(&now, SIGUSR1), 1);
		CHECK_EXITS(pid, 0);
	}
}

// SPDX-License-Identifier: MIT
/*
 * signal_handler.c: A caught signal runs its handler, with the signal blocked meanwhile, and the
 * program goes on where it was.
 */
#include "test.h"

static volatile int handled, was_blocked;

static void handler(int signo)
{
	sigset_t now;

	handled = signo;
	sigprocmask(SIG_BLOCK, NULL, &now);
	was_blocked = sigismember(&now, SIGUSR1);
}

TEST()
{
	sigset_t now;

	CHECK(signal(SIGUSR1, handler) == SIG_DFL);
	CHECK_OK(kill(getpid(), SIGUSR1));
	CHECK_EQ(handled, SIGUSR1);
	CHECK_EQ(was_blocked, 1);
	CHECK_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	CHECK_EQ(sigismember(&now, SIGUSR1), 0);
	CHECK(signal(SIGUSR1, SIG_DFL) == handler);
}

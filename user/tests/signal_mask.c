// SPDX-License-Identifier: MIT
/*
 * signal_mask.c: A blocked signal waits (sigpending tells) and comes when it is unblocked; several
 * of one kind are one; SIGKILL and SIGSTOP cannot be blocked.
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
	sigset_t set, now, old;

	CHECK(signal(SIGUSR1, handler) != SIG_ERR);
	CHECK(signal(SIGUSR2, handler) != SIG_ERR);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, &old));
	CHECK_EQ(sigismember(&old, SIGUSR1), 0);
	for (int i = 0; i < 3; i++)
		CHECK_OK(kill(getpid(), SIGUSR1));
	CHECK_EQ(handled, 0);
	CHECK_OK(sigpending(&now));
	CHECK_EQ(sigismember(&now, SIGUSR1), 1);
	CHECK_EQ(sigismember(&now, SIGUSR2), 0);
	CHECK_OK(kill(getpid(), SIGUSR2));
	CHECK_EQ(handled, 1);
	CHECK_OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
	CHECK_EQ(handled, 2);
	CHECK_OK(sigpending(&now));
	CHECK_EQ(sigismember(&now, SIGUSR1), 0);
	sigfillset(&set);
	CHECK_OK(sigprocmask(SIG_SETMASK, &set, NULL));
	CHECK_OK(sigprocmask(SIG_SETMASK, NULL, &now));
	CHECK_EQ(sigismember(&now, SIGKILL), 0);
	CHECK_EQ(sigismember(&now, SIGSTOP), 0);
	CHECK_EQ(sigismember(&now, SIGTERM), 1);
	CHECK_ERR(sigprocmask(77, &set, NULL), EINVAL);
	CHECK_ERR(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4), EINVAL);
}

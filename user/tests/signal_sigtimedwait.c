// SPDX-License-Identifier: MIT
/*
 * signal_sigtimedwait.c: sigtimedwait takes a blocked signal without a handler, tells who sent it,
 * and ends with EAGAIN in time.
 */
#include "test.h"

TEST()
{
	sigset_t set;
	siginfo_t info;
	struct timespec zero = { 0, 0 }, little = { 0, 20000000 };

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK_ERR(sigtimedwait(&set, &info, &zero), EAGAIN);
	CHECK_ERR(sigtimedwait(&set, &info, &little), EAGAIN);
	CHECK_OK(kill(getpid(), SIGUSR1));
	CHECK_EQ(sigtimedwait(&set, &info, &little), SIGUSR1);
	CHECK_EQ(info.si_signo, SIGUSR1);
	CHECK_EQ(info.si_pid, getpid());
	CHECK_ERR(sigtimedwait(&set, &info, &zero), EAGAIN);
}

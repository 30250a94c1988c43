// SPDX-License-Identifier: MIT
/*
 * poll_signal.c: A signal ends poll with EINTR; ppoll sets its mask for the time of waiting only,
 * so that a signal that was blocked comes then.
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
	struct timespec timeout = { 20, 0 };

	sigemptyset(&empty);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(signal(SIGUSR1, handler) != SIG_ERR);
	CHECK(signal(SIGALRM, handler) != SIG_ERR);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK_OK(raise(SIGUSR1));
	CHECK_EQ(handled, 0);
	CHECK_EQ(poll(NULL, 0, 1), 0);
	CHECK_ERR(ppoll(NULL, 0, &timeout, &empty), EINTR);
	CHECK_EQ(handled, 1);
	CHECK_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	CHECK_EQ(sigismember(&now, SIGUSR1), 1);

	CHECK_OK(setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 0 }, { 0, 20000 } }, NULL));
	CHECK_ERR(poll(NULL, 0, 20000), EINTR);
	CHECK_EQ(handled, 2);
	timeout.tv_nsec = -1;
	CHECK_ERR(ppoll(NULL, 0, &timeout, NULL), EINVAL);
}

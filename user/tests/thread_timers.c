// SPDX-License-Identifier: MIT
/*
 * thread_timers.c: alarm and setitimer belong to the process: set by a thread that ends, the signal
 * comes to whichever thread does not block it.
 */
#include "thread.h"

static volatile int handled;
static volatile pid_t handler_tid;

static void on_alarm(int signo)
{
	(void)signo;
	handler_tid = my_tid();
	handled++;
}

static void *sets(void *unused)
{
	struct itimerval soon = { .it_value = { 0, 20000 } };

	CHECK_OK(setitimer(ITIMER_REAL, &soon, NULL));
	return unused;
}

static void *takes(void *unused)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	WAIT_UNTIL(handled == 1);
	CHECK_EQ(handler_tid, my_tid());
	return unused;
}

TEST()
{
	pthread_t taker;
	sigset_t set;

	CHECK(signal(SIGALRM, on_alarm) != SIG_ERR);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	taker = thread_start(takes, NULL);
	thread_join(thread_start(sets, NULL));
	thread_join(taker);
	CHECK_EQ(alarm(100), 0);
	CHECK(alarm(0) > 90);
}

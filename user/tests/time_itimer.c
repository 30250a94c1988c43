// SPDX-License-Identifier: MIT
/*
 * time_itimer.c: setitimer(ITIMER_REAL): once and again and again, getitimer tells the rest, zero
 * disarms; alarm shares it; EINVAL.
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
	struct itimerval timer = { { 0, 10000 }, { 0, 10000 } }, now;

	CHECK(signal(SIGALRM, handler) != SIG_ERR);
	CHECK_OK(setitimer(ITIMER_REAL, &timer, NULL));
	CHECK_OK(getitimer(ITIMER_REAL, &now));
	CHECK_EQ(now.it_interval.tv_usec, 10000);
	CHECK_EQ(now.it_value.tv_sec, 0);
	while (handled < 3)
		pause();
	timer = (struct itimerval){ { 0, 0 }, { 0, 0 } };
	CHECK_OK(setitimer(ITIMER_REAL, &timer, &now));
	CHECK_EQ(now.it_interval.tv_usec, 10000);
	handled = 0;
	sleep_ms(30);
	CHECK_EQ(handled, 0);
	timer.it_value.tv_sec = 100;
	CHECK_OK(setitimer(ITIMER_REAL, &timer, NULL));
	CHECK_EQ(alarm(50) >= 99, 1);
	CHECK_OK(getitimer(ITIMER_REAL, &now));
	CHECK_EQ(now.it_value.tv_sec >= 40 && now.it_value.tv_sec <= 50, 1);
	CHECK_EQ(alarm(0) >= 40, 1);
	CHECK_EQ(alarm(0), 0);
	timer.it_value.tv_usec = 1000000;
	CHECK_ERR(setitimer(ITIMER_REAL, &timer, NULL), EINVAL);
	CHECK_ERR(setitimer(99, &timer, NULL), EINVAL);
	CHECK_ERR(getitimer(99, &timer), EINVAL);
}

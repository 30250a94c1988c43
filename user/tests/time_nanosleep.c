// SPDX-License-Identifier: MIT
/*
 * time_nanosleep.c: nanosleep and clock_nanosleep sleep at least as long as asked, absolute times
 * too; a signal ends them with EINTR and the rest; EINVAL for odd times.
 */
#include "test.h"

static void handler(int signo)
{
	(void)signo;
}

TEST()
{
	struct timespec t = { 0, 30000000 }, rest = { 0, 0 };
	struct itimerval soon = { { 0, 0 }, { 0, 20000 } };
	long long start = now_ns(CLOCK_MONOTONIC), end;

	CHECK_OK(nanosleep(&t, NULL));
	CHECK(now_ns(CLOCK_MONOTONIC) - start >= 30000000);

	start = now_ns(CLOCK_MONOTONIC);
	end = start + 20000000;
	t = (struct timespec){ end / 1000000000, end % 1000000000 };
	CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL), 0);
	CHECK(now_ns(CLOCK_MONOTONIC) >= end);
	CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL), 0);

	CHECK(signal(SIGALRM, handler) != SIG_ERR);
	CHECK_OK(setitimer(ITIMER_REAL, &soon, NULL));
	t = (struct timespec){ 30, 0 };
	CHECK_ERR(nanosleep(&t, &rest), EINTR);
	CHECK(rest.tv_sec >= 10 && rest.tv_sec < 30);
	t = (struct timespec){ 0, 1000000000 };
	CHECK_ERR(nanosleep(&t, NULL), EINVAL);
	t = (struct timespec){ -1, 0 };
	CHECK_ERR(nanosleep(&t, NULL), EINVAL);
	t = (struct timespec){ 0, 0 };
	CHECK_OK(nanosleep(&t, NULL));
}

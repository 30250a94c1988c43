// SPDX-License-Identifier: MIT
/*
 * efault_remaining_time.c: A sleep that a signal ends tells how much was left; if that cannot be
 * stored it is EFAULT, not EINTR. It is not looked at before. select with a time that may not be
 * written keeps its result.
 */
#include "test.h"

static void handler(int signo)
{
	(void)signo;
}

static void alarm_soon(void)
{
	struct itimerval soon = { { 0, 0 }, { 0, 20000 } };

	CHECK_OK(setitimer(ITIMER_REAL, &soon, NULL));
}

TEST()
{
	struct sigaction action = { .sa_handler = handler };
	struct timespec *left = (void *)map_anon(1, PROT_READ), *time = (void *)map_shared(1);
	struct timespec slept = { 50, 0 }, blink = { 0, 1000 };

	CHECK_OK(sigaction(SIGALRM, &action, NULL));
	EXPECT_EQ(syscall(SYS_nanosleep, &blink, left), 0);
	alarm_soon();
	EXPECT_ERR(syscall(SYS_nanosleep, &slept, left), EFAULT);
	alarm_soon();
	EXPECT_ERR(syscall(SYS_nanosleep, &slept, NULL), EINTR);
	alarm_soon();
	EXPECT_ERR(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &slept, left), EFAULT);
	alarm_soon();
	EXPECT_ERR(syscall(SYS_nanosleep, &slept, time), EINTR);
	EXPECT_EQ(time->tv_sec, 49);

	time->tv_sec = 0;
	time->tv_nsec = 1000;
	CHECK_OK(mprotect(time, PAGE, PROT_READ));
	EXPECT_EQ(syscall(SYS_select, 0, NULL, NULL, NULL, time), 0);
}

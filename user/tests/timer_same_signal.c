// SPDX-License-Identifier: MIT
/*
 * timer_same_signal.c: Timers of timer_create(2) that bring the same signal bring it each, also while it
 * waits already, from another timer or from kill(2); further expiries of the same one are counted in
 * the siginfo that waits. What a program queues with a timer's code (rt_sigqueueinfo(2)) is no timer's:
 * it is pending once, and does not take a timer's place.
 */
#include "test.h"

static timer_t create(int sig, int value)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = sig, .sigev_value.sival_int = value
	};
	timer_t timer;

	CHECK_OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
	return timer;
}

static void start(timer_t timer, long ms, long interval_ms)
{
	struct itimerspec spec = { .it_value.tv_nsec = ms * 1000000,
		.it_interval.tv_nsec = interval_ms * 1000000 };

	CHECK_OK(timer_settime(timer, 0, &spec, NULL));
}

static siginfo_t take(int sig)
{
	const struct timespec limit = { .tv_sec = 10 };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	CHECK_EQ(sigtimedwait(&set, &info, &limit), sig);
	return info;
}

static void expect_none(int sig)
{
	const struct timespec now = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	CHECK_ERR(sigtimedwait(&set, NULL, &now), EAGAIN);
}

static bool has_expired(timer_t timer)
{
	struct itimerspec left;

	CHECK_OK(timer_gettime(timer, &left));
	return !left.it_value.tv_sec && !left.it_value.tv_nsec;
}

static void three_at_once(int sig)
{
	timer_t timers[3];
	siginfo_t info;
	int seen = 0;

	for (int i = 0; i < 3; i++)
		timers[i] = create(sig, i);
	CHECK_OK(kill(getpid(), sig));
	for (int i = 0; i < 3; i++)
		start(timers[i], 2 + i, 0);
	for (int i = 0; i < 3; i++)
		WAIT_UNTIL(has_expired(timers[i]));
	sleep_ms(20); /* the signal comes a moment later */
	CHECK_EQ(take(sig).si_code, SI_USER);
	for (int i = 0; i < 3; i++) {
		info = take(sig);
		CHECK_EQ(info.si_code, SI_TIMER);
		CHECK_EQ(info.si_overrun, 0);
		seen |= 1 << info.si_value.sival_int;
	}
	CHECK_EQ(seen, 7);
	expect_none(sig);
	for (int i = 0; i < 3; i++)
		CHECK_OK(timer_delete(timers[i]));
}

static void often(int sig)
{
	timer_t timer = create(sig, 5);
	siginfo_t info;

	start(timer, 2, 2);
	sleep_ms(60);
	info = take(sig);
	CHECK_EQ(info.si_value.sival_int, 5);
	EXPECT_EQ(info.si_overrun >= 5, true);
	CHECK_OK(timer_delete(timer));
}

static void queue_as_timer(int sig, timer_t timer, int value)
{
	siginfo_t info = { .si_signo = sig, .si_code = SI_TIMER };

	info.si_timerid = (int)(long)timer;
	info.si_value.sival_int = value;
	CHECK_OK(syscall(SYS_rt_sigqueueinfo, getpid(), sig, &info));
}

static void pretended(void)
{
	timer_t timer = create(SIGRTMIN + 1, 7);
	siginfo_t info;

	queue_as_timer(SIGUSR1, timer, 1);
	queue_as_timer(SIGUSR1, timer, 2);
	info = take(SIGUSR1);
	EXPECT_EQ(info.si_code, SI_TIMER);
	EXPECT_EQ(info.si_value.sival_int, 1);
	expect_none(SIGUSR1);

	queue_as_timer(SIGRTMIN + 1, timer, 3);
	start(timer, 2, 0);
	WAIT_UNTIL(has_expired(timer));
	sleep_ms(20);
	EXPECT_EQ(take(SIGRTMIN + 1).si_value.sival_int, 3);
	EXPECT_EQ(take(SIGRTMIN + 1).si_value.sival_int, 7);
	CHECK_OK(timer_delete(timer));
}

TEST()
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	sigaddset(&set, SIGUSR1);
	CHECK_OK(sigprocmask(SIG_BLOCK, &set, NULL));
	three_at_once(SIGRTMIN + 1);
	three_at_once(SIGUSR1);
	often(SIGRTMIN + 1);
	often(SIGUSR1);
	pretended();
}

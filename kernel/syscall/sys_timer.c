// SPDX-License-Identifier: MIT
/* System calls about timers that send signals: alarm, interval timers, POSIX timers. Clocks and
 * sleeping are in sys_time.c. */
#include <linux/time.h>
#include "arch/user.h"
#include "proc/itimer.h"
#include "proc/posix_timer.h"
#include "proc/process.h"
#include "syscall/syscall.h"

#define NSEC_MAX (~0UL >> 2) /* longer times are cut: 146 years */

static nsec_t from_timeval(const struct timeval *tv)
{
	return (u64)tv->tv_sec >= NSEC_MAX / NSEC_PER_SEC
		       ? NSEC_MAX
		       : (u64)tv->tv_sec * NSEC_PER_SEC + (u64)tv->tv_usec * NSEC_PER_USEC;
}

/* Rounds up: a timer that runs never shows 0. */
static struct timeval to_timeval(nsec_t ns)
{
	u64 us = DIV_ROUND_UP(ns, NSEC_PER_USEC);

	return (struct timeval){ .tv_sec = (s64)(us / 1000000), .tv_usec = (s64)(us % 1000000) };
}

static bool timeval_ok(const struct timeval *tv)
{
	return tv->tv_sec >= 0 && tv->tv_usec >= 0 && tv->tv_usec < 1000000;
}

static int put_itimer(vaddr_t to, int which)
{
	struct itimerval v;
	nsec_t value, interval;

	itimer_get(current_process(), which, &value, &interval);
	v.it_value = to_timeval(value);
	v.it_interval = to_timeval(interval);
	return copy_to_user(to, &v, sizeof(v));
}

s64 sys_getitimer(int which, vaddr_t to)
{
	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	return put_itimer(to, which);
}

s64 sys_setitimer(int which, vaddr_t from, vaddr_t to)
{
	struct itimerval new = { { 0, 0 }, { 0, 0 } };

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	if (from && copy_from_user(&new, from, sizeof(new)) != 0)
		return -EFAULT;
	if (!timeval_ok(&new.it_value) || !timeval_ok(&new.it_interval))
		return -EINVAL;
	if (to && put_itimer(to, which) != 0)
		return -EFAULT;
	itimer_set(current_process(), which, from_timeval(&new.it_value),
		from_timeval(&new.it_interval));
	return 0;
}

s64 sys_alarm(u32 seconds)
{
	nsec_t left, interval;

	itimer_get(current_process(), ITIMER_REAL, &left, &interval);
	itimer_set(current_process(), ITIMER_REAL, (u64)seconds * NSEC_PER_SEC, 0);
	/* To the nearest second, but not 0 while something was left. */
	return left ? (s64)max((left + NSEC_PER_SEC / 2) / NSEC_PER_SEC, 1UL) : 0;
}

/* ---------------------------------------------------------------- POSIX timers */

static bool timespec_ok(const struct timespec *ts)
{
	return ts->tv_sec >= 0 && ts->tv_nsec >= 0 && ts->tv_nsec < (s64)NSEC_PER_SEC;
}

static nsec_t from_timespec(const struct timespec *ts)
{
	return (u64)ts->tv_sec >= NSEC_MAX / NSEC_PER_SEC
		       ? NSEC_MAX
		       : (u64)ts->tv_sec * NSEC_PER_SEC + (u64)ts->tv_nsec;
}

static struct timespec to_timespec(nsec_t ns)
{
	return (struct timespec){ .tv_sec = (s64)(ns / NSEC_PER_SEC),
		.tv_nsec = (s64)(ns % NSEC_PER_SEC) };
}

static int put_itimerspec(vaddr_t to, nsec_t value, nsec_t interval)
{
	struct itimerspec v = { .it_value = to_timespec(value),
		.it_interval = to_timespec(interval) };

	return copy_to_user(to, &v, sizeof(v));
}

s64 sys_timer_create(int clock, vaddr_t event, vaddr_t to)
{
	struct sigevent ev;
	s64 err;
	u32 id;

	if (event && copy_from_user(&ev, event, sizeof(ev)) != 0)
		return -EFAULT;
	err = posix_timer_create(clock, event ? &ev : NULL, &id);
	if (!err && copy_to_user(to, &id, sizeof(id)) != 0) {
		posix_timer_delete(id);
		return -EFAULT;
	}
	return err;
}

s64 sys_timer_settime(u32 id, int flags, vaddr_t from, vaddr_t to)
{
	nsec_t old_value, old_interval;
	struct itimerspec new;
	s64 err;

	if (!from)
		return -EINVAL;
	if (copy_from_user(&new, from, sizeof(new)) != 0)
		return -EFAULT;
	if (!timespec_ok(&new.it_value) || !timespec_ok(&new.it_interval))
		return -EINVAL;
	err = posix_timer_set(id, flags & TIMER_ABSTIME, from_timespec(&new.it_value),
		from_timespec(&new.it_interval), &old_value, &old_interval);
	return !err && to ? put_itimerspec(to, old_value, old_interval) : err;
}

s64 sys_timer_gettime(u32 id, vaddr_t to)
{
	nsec_t value, interval;
	s64 err = posix_timer_get(id, &value, &interval);

	return err ? err : put_itimerspec(to, value, interval);
}

s64 sys_timer_getoverrun(u32 id)
{
	return posix_timer_overrun(id);
}

s64 sys_timer_delete(u32 id)
{
	return posix_timer_delete(id);
}

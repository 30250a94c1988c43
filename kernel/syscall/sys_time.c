// SPDX-License-Identifier: MIT
/*
 * Clocks and sleeping: clock_gettime(2), clock_nanosleep(2) and their relatives. Timers that send
 * signals are in proc/itimer.c and proc/posix_timer.c.
 */
#include <linux/time.h>
#include <linux/time_types.h>
#include "arch/user.h"
#include "fs/context.h"
#include "proc/process.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "syscall/syscall.h"

#define NSEC_MAX_SLEEP (~0UL >> 1)

static int put_timespec(vaddr_t to, nsec_t ns)
{
	struct __kernel_timespec ts = { .tv_sec = (s64)(ns / NSEC_PER_SEC),
		.tv_nsec = (s64)(ns % NSEC_PER_SEC) };

	return copy_to_user(to, &ts, sizeof(ts));
}

/* A time or duration; huge ones become "for ever". 0, -EFAULT, -EINVAL. */
static int get_timespec(vaddr_t from, nsec_t *ns)
{
	struct __kernel_timespec ts;

	if (copy_from_user(&ts, from, sizeof(ts)))
		return -EFAULT;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= (s64)NSEC_PER_SEC)
		return -EINVAL;
	*ns = (u64)ts.tv_sec >= NSEC_MAX_SLEEP / NSEC_PER_SEC
		      ? NSEC_MAX_SLEEP
		      : (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
	return 0;
}

static nsec_t process_cpu_time(void)
{
	struct process_usage u = { 0 };

	process_table_lock();
	process_usage_locked(current_process(), &u);
	process_table_unlock();
	return u.utime + u.stime;
}

static nsec_t thread_cpu_time(void)
{
	nsec_t utime, stime;

	thread_times(current_thread(), &utime, &stime);
	return utime + stime;
}

static int read_clock(int clock, nsec_t *ns)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_TAI:
		*ns = time_realtime();
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		*ns = clock_now();
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
		*ns = process_cpu_time();
		return 0;
	case CLOCK_THREAD_CPUTIME_ID:
		*ns = thread_cpu_time();
		return 0;
	default:
		return -EINVAL;
	}
}

s64 sys_clock_gettime(int clock, vaddr_t to)
{
	nsec_t ns;
	int err = read_clock(clock, &ns);

	return err ? err : put_timespec(to, ns);
}

s64 sys_clock_getres(int clock, vaddr_t to)
{
	nsec_t ns;
	int err = read_clock(clock, &ns);

	if (err || !to)
		return err;
	return put_timespec(to, 1);
}

s64 sys_clock_settime(int clock, vaddr_t from)
{
	nsec_t ns;
	int err;

	if (clock != CLOCK_REALTIME)
		return -EINVAL;
	err = get_timespec(from, &ns);
	if (err)
		return err;
	if (!current_can(CAP_SYS_TIME))
		return -EPERM;
	time_set_realtime(ns);
	return 0;
}

s64 sys_gettimeofday(vaddr_t to, vaddr_t zone)
{
	nsec_t ns = time_realtime();
	struct timeval tv = { .tv_sec = (s64)(ns / NSEC_PER_SEC),
		.tv_usec = (s64)(ns % NSEC_PER_SEC / 1000) };
	struct timezone tz = { 0 };

	if (to && copy_to_user(to, &tv, sizeof(tv)))
		return -EFAULT;
	return zone ? copy_to_user(zone, &tz, sizeof(tz)) : 0;
}

s64 sys_settimeofday(vaddr_t from, vaddr_t zone)
{
	struct timeval tv;

	(void)zone;
	if (!from)
		return 0;
	if (copy_from_user(&tv, from, sizeof(tv)))
		return -EFAULT;
	if (tv.tv_sec < 0 || tv.tv_usec < 0 || tv.tv_usec >= 1000000)
		return -EINVAL;
	if (!current_can(CAP_SYS_TIME))
		return -EPERM;
	time_set_realtime((u64)tv.tv_sec * NSEC_PER_SEC + (u64)tv.tv_usec * 1000);
	return 0;
}

s64 sys_time(vaddr_t to)
{
	s64 now = time_seconds();

	return to && copy_to_user(to, &now, sizeof(now)) ? -EFAULT : now;
}

/* ---------------------------------------------------------------- sleeping */

/* Until the deadline (ns since boot): 0, or -EINTR when a signal came first. */
static int sleep_until(nsec_t deadline)
{
	while (clock_now() < deadline) {
		thread_set_state(THREAD_INTERRUPTIBLE);
		if (thread_signal_pending()) {
			thread_set_state(THREAD_RUNNABLE);
			return -EINTR;
		}
		thread_sleep_until(deadline);
	}
	return 0;
}

static s64 sleep_relative(nsec_t deadline, vaddr_t remaining);

static s64 restart_sleep(struct restart_block *rb)
{
	return sleep_relative(rb->args[0], rb->args[1]);
}

/* A relative sleep that is interrupted says what is left, and goes on to the same end if no handler
 * ran. */
static s64 sleep_relative(nsec_t deadline, vaddr_t remaining)
{
	struct restart_block *rb = &current_proc()->restart;
	nsec_t now;

	if (sleep_until(deadline) == 0)
		return 0;
	now = clock_now();
	if (remaining && put_timespec(remaining, deadline > now ? deadline - now : 0))
		return -EFAULT;
	rb->restart = restart_sleep;
	rb->args[0] = deadline;
	rb->args[1] = remaining;
	return -ERESTART_RESTARTBLOCK;
}

s64 sys_nanosleep(vaddr_t request, vaddr_t remaining)
{
	nsec_t ns;
	int err = get_timespec(request, &ns);

	return err ? err : sleep_relative(clock_now() + ns, remaining);
}

static nsec_t to_monotonic(int clock, nsec_t absolute)
{
	nsec_t now;

	if (read_clock(clock, &now) || absolute <= now)
		return 0;
	return clock_now() + (absolute - now);
}

s64 sys_clock_nanosleep(int clock, int flags, vaddr_t request, vaddr_t remaining)
{
	nsec_t ns, now;
	int err = read_clock(clock, &now);

	if (err || clock == CLOCK_THREAD_CPUTIME_ID)
		return -EINVAL;
	if (clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_MONOTONIC_RAW ||
		clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC_COARSE)
		return -EOPNOTSUPP;
	err = get_timespec(request, &ns);
	if (err)
		return err;
	if (!(flags & TIMER_ABSTIME))
		return sleep_relative(clock_now() + ns, remaining);
	return sleep_until(to_monotonic(clock, ns)) ? -ERESTARTNOHAND : 0;
}

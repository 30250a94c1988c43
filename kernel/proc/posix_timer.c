// SPDX-License-Identifier: MIT
/*
 * posix_timer.c: the timers of timer_create(2). They share the work of itimer.c: the interrupt
 * notes, the work sends.
 *
 * Lock: process_lock.
 */
#include "proc/posix_timer.h"

#include <linux/time.h>
#include "lib/err.h"
#include "mm/slab.h"
#include "sched/timer.h"

struct posix_timer {
	struct list link;
	struct process *process;
	struct timer timer;
	u32 id;
	int clock;
	int sig, notify;
	pid_t tid; /* SIGEV_THREAD_ID */
	sigval_t value;
	nsec_t expires; /* ns since boot; 0: off */
	nsec_t interval;
	s32 overrun; /* expiries that the last signal stood for, but one */
};

static void fired(struct timer *t)
{
	itimer_fire(container_of(t, struct posix_timer, timer)->process);
}

static struct posix_timer *find(u32 id)
{
	struct posix_timer *t;

	list_for_each (t, &current_process()->posix_timers, link)
		if (t->id == id)
			return t;
	return NULL;
}

/* The thread that gets its signal; NULL: the process does, or (SIGEV_THREAD_ID) it has gone. */
static struct thread *find_target(const struct process *p, const struct posix_timer *t)
{
	struct thread *thread = t->notify == SIGEV_THREAD_ID ? pid_find_thread(t->tid) : NULL;

	return thread && thread->process == p ? thread : NULL;
}

static void send(struct process *p, const struct posix_timer *t, struct thread *target)
{
	siginfo_t info;

	siginfo_init(&info, t->sig, SI_TIMER);
	info.si_tid = (int)t->id;
	info.si_overrun = t->overrun;
	info.si_value = t->value;
	info.si_sys_private = 1; /* the mark of a real timer's: signal.h */
	if (target)
		signal_send_thread_locked(target, t->sig, &info);
	else if (t->notify != SIGEV_THREAD_ID)
		signal_send_process_locked(p, t->sig, &info);
}

static void expire(struct process *p, struct posix_timer *t, nsec_t now)
{
	u64 times = 1;
	struct thread *target;
	siginfo_t *waiting;

	if (t->interval) {
		times = (now - t->expires) / t->interval + 1;
		t->expires += times * t->interval;
		timer_start(&t->timer, t->expires);
	} else {
		t->expires = 0;
	}
	if (t->notify == SIGEV_NONE)
		return;
	target = find_target(p, t);
	waiting = signal_find_timer_locked(
		target ? &thread_proc(target)->pending : &p->pending, t->sig, (int)t->id);
	if (!waiting) {
		t->overrun = (s32)min(times - 1, 0x7fffffffUL);
		send(p, t, target);
		return;
	}
	/* One signal stands for all that come before it is taken. */
	t->overrun = (s32)min((u64)t->overrun + times, 0x7fffffffUL);
	waiting->si_overrun = t->overrun;
}

void posix_timer_check_locked(struct process *p)
{
	nsec_t now = clock_now();
	struct posix_timer *t;

	list_for_each (t, &p->posix_timers, link)
		if (t->expires && t->expires <= now)
			expire(p, t, now);
}

/* ---------------------------------------------------------------- system calls */

static int check_event(const struct sigevent *event)
{
	struct thread *t;
	int err = 0;

	if (event->sigev_notify == SIGEV_NONE)
		return 0;
	if (event->sigev_notify & ~(SIGEV_SIGNAL | SIGEV_THREAD | SIGEV_THREAD_ID))
		return -EINVAL;
	if (event->sigev_signo < 1 || event->sigev_signo > NR_SIGNALS)
		return -EINVAL;
	if (!(event->sigev_notify & SIGEV_THREAD_ID))
		return 0;
	process_table_lock();
	t = pid_find_thread(event->sigev_notify_thread_id);
	if (!t || t->process != current_process())
		err = -EINVAL;
	process_table_unlock();
	return err;
}

static int link_timer(struct process *p, struct posix_timer *t)
{
	struct posix_timer *other;
	u32 nr = 0;

	list_for_each (other, &p->posix_timers, link)
		nr++;
	if (nr >= POSIX_TIMERS_MAX)
		return -EAGAIN;
	t->id = p->next_timer_id++;
	list_append(&p->posix_timers, &t->link);
	return 0;
}

s64 posix_timer_create(int clock, const struct sigevent *event, u32 *id)
{
	struct posix_timer *t;
	int err;

	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME)
		return -EINVAL;
	if (event && (err = check_event(event)) != 0)
		return err;
	t = kzalloc(sizeof(*t));
	if (!t)
		return -EAGAIN;
	timer_init(&t->timer, fired);
	t->process = current_process();
	t->clock = clock;
	t->sig = event ? event->sigev_signo : SIGALRM;
	t->notify = event ? event->sigev_notify & ~SIGEV_THREAD : SIGEV_SIGNAL;
	t->tid = event ? event->sigev_notify_thread_id : 0;
	process_table_lock();
	err = link_timer(t->process, t);
	if (event)
		t->value = event->sigev_value;
	else
		t->value.sival_int = (int)t->id;
	*id = t->id;
	process_table_unlock();
	if (err)
		kfree(t);
	return err;
}

static void get_locked(const struct posix_timer *t, nsec_t *value, nsec_t *interval)
{
	nsec_t now = clock_now();

	*interval = t->interval;
	*value = !t->expires ? 0 : t->expires > now ? t->expires - now : 1;
}

s64 posix_timer_get(u32 id, nsec_t *value, nsec_t *interval)
{
	struct posix_timer *t;

	process_table_lock();
	t = find(id);
	if (t)
		get_locked(t, value, interval);
	process_table_unlock();
	return t ? 0 : -EINVAL;
}

/* An absolute time of the timer's clock, in ns since boot. */
static nsec_t to_boot_time(const struct posix_timer *t, nsec_t when)
{
	nsec_t offset = t->clock == CLOCK_REALTIME ? time_realtime() - clock_now() : 0;

	return when > offset ? when - offset : 1;
}

s64 posix_timer_set(u32 id, bool absolute, nsec_t value, nsec_t interval, nsec_t *old_value,
	nsec_t *old_interval)
{
	struct posix_timer *t;

	process_table_lock();
	t = find(id);
	if (t) {
		get_locked(t, old_value, old_interval);
		timer_cancel(&t->timer);
		t->interval = interval;
		t->overrun = 0;
		t->expires = !value ? 0 : absolute ? to_boot_time(t, value) : clock_now() + value;
		if (t->expires)
			timer_start(&t->timer, t->expires);
	}
	process_table_unlock();
	return t ? 0 : -EINVAL;
}

s64 posix_timer_overrun(u32 id)
{
	struct posix_timer *t;
	s64 result;

	process_table_lock();
	t = find(id);
	result = t ? t->overrun : -EINVAL;
	process_table_unlock();
	return result;
}

static void delete_locked(struct posix_timer *t)
{
	timer_cancel(&t->timer);
	list_remove(&t->link);
	kfree(t);
}

s64 posix_timer_delete(u32 id)
{
	struct posix_timer *t;

	process_table_lock();
	t = find(id);
	if (t)
		delete_locked(t);
	process_table_unlock();
	return t ? 0 : -EINVAL;
}

void posix_timer_delete_all(struct process *p)
{
	struct posix_timer *t, *next;

	process_table_lock();
	list_for_each_safe (t, next, &p->posix_timers, link)
		delete_locked(t);
	process_table_unlock();
}

// SPDX-License-Identifier: MIT
/*
 * itimer.c: interval timers and the CPU limit. A timer interrupt only notes that something is due;
 * the signal is sent by a work function, because process_lock is not for interrupt handlers.
 *
 * CPU time is not counted down: the CPU timer is set to the moment at which the process could have
 * used up what is left if all its threads ran all the time, and then looks again. A sleeping
 * process so costs a look every CPU_LOOK at most.
 *
 * Invariant: while work_pending is set, the work holds a reference to the process.
 */
#include "proc/itimer.h"

#include "proc/posix_timer.h"
#include "proc/process.h"
#include "proc/signal.h"

#define CPU_LOOK (4 * NSEC_PER_MSEC) /* the tick: CPU timers are no finer */

/* ---------------------------------------------------------------- interrupt side */

void itimer_fire(struct process *p)
{
	if (__atomic_exchange_n(&p->itimers.work_pending, true, __ATOMIC_SEQ_CST))
		return;
	process_get(p);
	work_queue(&p->itimers.work);
}

static void real_fired(struct timer *t)
{
	itimer_fire(container_of(t, struct process, itimers.real));
}

static void cpu_fired(struct timer *t)
{
	itimer_fire(container_of(t, struct process, itimers.cpu));
}

/* ---------------------------------------------------------------- CPU time */

/* now[0]: virtual (user) time, now[1]: prof (user and kernel). */
static void cpu_now(struct process *p, nsec_t now[2])
{
	struct process_usage u;

	process_usage_locked(p, &u);
	now[0] = u.utime;
	now[1] = u.utime + u.stime;
}

/* Starts the CPU timer for what is due first, or not at all. */
static void arm_cpu(struct process *p, const nsec_t now[2])
{
	struct itimers *it = &p->itimers;
	nsec_t left = NSEC_NEVER;

	for (int i = 0; i < 2; i++)
		if (it->cpu_expires[i])
			left = min(left,
				it->cpu_expires[i] > now[i] ? it->cpu_expires[i] - now[i] : 0);
	if (it->cpu_limit_next)
		left = min(left, it->cpu_limit_next > now[1] ? it->cpu_limit_next - now[1] : 0);
	if (left == NSEC_NEVER || p->state != PROCESS_ALIVE || !p->nr_live) {
		timer_cancel(&it->cpu);
		return;
	}
	timer_start(&it->cpu, clock_now() + max(left / max(p->nr_threads, 1u), CPU_LOOK));
}

static void check_cpu_interval(struct process *p, int i, int sig, nsec_t now)
{
	struct itimers *it = &p->itimers;

	if (!it->cpu_expires[i] || it->cpu_expires[i] > now)
		return;
	signal_send_process_locked(p, sig, NULL);
	it->cpu_expires[i] = it->cpu_interval[i] ? now + it->cpu_interval[i] : 0;
}

static void check_cpu_limit(struct process *p, nsec_t now)
{
	u64 hard = p->limits[RLIMIT_CPU].rlim_max;

	if (!p->itimers.cpu_limit_next || p->itimers.cpu_limit_next > now)
		return;
	if (hard != RLIM64_INFINITY && now >= hard * NSEC_PER_SEC) {
		signal_send_process_locked(p, SIGKILL, NULL);
		return;
	}
	signal_send_process_locked(p, SIGXCPU, NULL);
	p->itimers.cpu_limit_next = now + NSEC_PER_SEC;
}

void itimer_update_cpu_limit_locked(struct process *p)
{
	u64 soft = process_limit(p, RLIMIT_CPU);
	nsec_t now[2];

	if (soft == RLIM64_INFINITY && !p->itimers.cpu_limit_next)
		return;
	p->itimers.cpu_limit_next =
		soft >= RLIM64_INFINITY / NSEC_PER_SEC ? 0 : max(soft, 1UL) * NSEC_PER_SEC;
	cpu_now(p, now);
	arm_cpu(p, now);
}

/* ---------------------------------------------------------------- the work */

static void check_real(struct process *p)
{
	struct itimers *it = &p->itimers;
	nsec_t now = clock_now();

	if (!it->real_expires || it->real_expires > now)
		return;
	signal_send_process_locked(p, SIGALRM, NULL);
	if (!it->real_interval) {
		it->real_expires = 0;
		return;
	}
	it->real_expires += ((now - it->real_expires) / it->real_interval + 1) * it->real_interval;
	timer_start(&it->real, it->real_expires);
}

static void check_cpu(struct process *p)
{
	nsec_t now[2];

	if (!p->itimers.cpu_expires[0] && !p->itimers.cpu_expires[1] && !p->itimers.cpu_limit_next)
		return;
	cpu_now(p, now);
	check_cpu_interval(p, 0, SIGVTALRM, now[0]);
	check_cpu_interval(p, 1, SIGPROF, now[1]);
	check_cpu_limit(p, now[1]);
	arm_cpu(p, now);
}

static void work(struct work *w)
{
	struct process *p = container_of(w, struct process, itimers.work);

	__atomic_store_n(&p->itimers.work_pending, false, __ATOMIC_SEQ_CST);
	process_table_lock();
	if (p->state == PROCESS_ALIVE && p->nr_threads) {
		check_real(p);
		check_cpu(p);
		posix_timer_check_locked(p);
	}
	process_table_unlock();
	process_put(p);
}

/* ---------------------------------------------------------------- thread side */

void itimer_init(struct process *p)
{
	timer_init(&p->itimers.real, real_fired);
	timer_init(&p->itimers.cpu, cpu_fired);
	work_init(&p->itimers.work, work);
}

void itimer_stop_locked(struct process *p)
{
	struct itimers *it = &p->itimers;

	it->real_expires = it->cpu_expires[0] = it->cpu_expires[1] = it->cpu_limit_next = 0;
	timer_cancel(&it->real);
	timer_cancel(&it->cpu);
}

static nsec_t time_left(nsec_t expires, nsec_t now)
{
	if (!expires)
		return 0;
	return expires > now ? expires - now
			     : 1; /* due, but not yet sent: 0 would say that it is off */
}

void itimer_get(struct process *p, int which, nsec_t *value, nsec_t *interval)
{
	struct itimers *it = &p->itimers;
	nsec_t now[2];

	process_table_lock();
	if (which == ITIMER_REAL) {
		*value = time_left(it->real_expires, clock_now());
		*interval = it->real_interval;
	} else {
		cpu_now(p, now);
		*value = time_left(it->cpu_expires[which - 1], now[which - 1]);
		*interval = it->cpu_interval[which - 1];
	}
	process_table_unlock();
}

static void set_real(struct itimers *it, nsec_t value, nsec_t interval)
{
	timer_cancel(&it->real);
	it->real_expires = value ? clock_now() + value : 0;
	it->real_interval = interval;
	if (value)
		timer_start(&it->real, it->real_expires);
}

void itimer_set(struct process *p, int which, nsec_t value, nsec_t interval)
{
	struct itimers *it = &p->itimers;
	nsec_t now[2];

	process_table_lock();
	if (which == ITIMER_REAL) {
		set_real(it, value, interval);
	} else {
		cpu_now(p, now);
		it->cpu_expires[which - 1] = value ? now[which - 1] + value : 0;
		it->cpu_interval[which - 1] = interval;
		arm_cpu(p, now);
	}
	process_table_unlock();
}

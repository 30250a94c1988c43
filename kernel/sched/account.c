/* SPDX-License-Identifier: MIT */
/*
 * CPU time. What a thread has used in all is exact: it is measured where threads are switched. How
 * much of it was user time is not: that would cost two readings of the clock in every system call.
 * Instead the tick notes what it interrupted, and the exact sum is divided in the proportion of
 * these samples, as Linux does without its precise accounting. utime and stime are made never to go
 * back.
 *
 * Also the load averages of /proc/loadavg.
 */
#include "sched/runq.h"

nsec_t account_current(struct runq *rq)
{
	struct thread *t = rq->current;
	nsec_t now = clock_now(), delta = now - t->stamp;

	if (unlikely((s64)delta < 0)) /* two CPUs' clocks may differ by nanoseconds */
		return t->stamp;
	t->stamp = now;
	t->runtime += delta;
	if (t == rq->idle) {
		rq->idle_time += delta;
	} else {
		rq->busy += delta;
		fair_charge(rq, t, delta);
	}
	return now;
}

void account_sample(struct runq *rq)
{
	struct thread *t = rq->current;

	if (rq->interrupted_user) {
		t->user_samples++;
		rq->user_samples++;
	} else {
		t->system_samples++;
		rq->system_samples++;
	}
}

void sched_account(bool user)
{
	this_runq()->interrupted_user = user;
}

/* The part of total that nr of all samples stand for, without overflow. */
static nsec_t share(nsec_t total, u64 nr, u64 all)
{
	return total / all * nr + total % all * nr / all;
}

/* Divides total into *user and *system, which held the last division of a smaller total. */
static void divide(nsec_t total, u64 user_samples, u64 system_samples, nsec_t *user, nsec_t *system)
{
	nsec_t s = 0;

	if (system_samples)
		s = share(total, system_samples, user_samples + system_samples);
	s = max(s, *system);
	*user = max(*user, total - min(s, total));
	*system = total - min(*user, total);
}

static nsec_t runtime_locked(const struct runq *rq, const struct thread *t)
{
	s64 delta = (s64)(clock_now() - t->stamp);

	return rq->current == t && delta > 0 ? t->runtime + (u64)delta : t->runtime;
}

nsec_t thread_runtime(struct thread *t)
{
	irqflags_t f = irq_save();
	struct runq *rq = runq_lock_of(t);
	nsec_t total = runtime_locked(rq, t);

	spin_unlock_irqrestore(&rq->lock, f);
	return total;
}

void thread_times(struct thread *t, nsec_t *utime, nsec_t *stime)
{
	irqflags_t f = irq_save();
	struct runq *rq = runq_lock_of(t);
	nsec_t total = runtime_locked(rq, t);

	if (!t->mmu && !t->process)
		t->stime = total; /* a kernel thread */
	else if (total > t->utime + t->stime)
		divide(total, t->user_samples, t->system_samples, &t->utime, &t->stime);
	*utime = t->utime;
	*stime = t->stime;
	spin_unlock_irqrestore(&rq->lock, f);
}

void sched_cpu_stats(u32 cpu, struct sched_stats *st)
{
	struct runq *rq = cpu_runq(cpu);
	irqflags_t f;

	*st = (struct sched_stats){ 0 };
	if (!(balance_cpus() >> cpu & 1))
		return; /* still starting */
	f = spin_lock_irqsave(&rq->lock);
	account_current(rq);
	divide(rq->busy, rq->user_samples, rq->system_samples, &rq->user, &rq->system);
	st->user = rq->user;
	st->system = rq->system;
	st->idle = rq->idle_time;
	st->switches = rq->switches;
	st->running = rq->nr_queued + (rq->current != rq->idle);
	spin_unlock_irqrestore(&rq->lock, f);
}

/* --- load averages: decaying means of the number of runnable threads over 1, 5, 15 minutes --- */

#define LOAD_BITS   11
#define LOAD_ONE    (1UL << LOAD_BITS)
#define LOAD_PERIOD (5 * NSEC_PER_SEC)
#define MAX_CATCHUP 2000 /* periods: by then the longest average has forgotten everything */

static const u64 decay[3] = { 1884, 2014,
	2037 }; /* e^(-5 s / 1, 5, 15 min) in units of 1 / LOAD_ONE */

static struct {
	struct spinlock lock; /* never waited for */
	nsec_t next;
	u64 avg[3];
} load = { .lock = SPINLOCK_INIT(load_lock, RANK_RUNQUEUE) };

static u64 nr_active(void)
{
	u64 nr = 0;
	u32 cpu;

	for_each_cpu (cpu, balance_cpus()) {
		const struct runq *rq = cpu_runq(cpu);

		nr += atomic_load_relaxed(&rq->nr_queued) +
		      (atomic_load_relaxed(&rq->current) != rq->idle);
	}
	return nr;
}

static void load_step(u64 active)
{
	for (u32 i = 0; i < 3; i++) {
		u64 sum = load.avg[i] * decay[i] + active * (LOAD_ONE - decay[i]);

		if (active >= load.avg[i])
			sum += LOAD_ONE - 1; /* rounds up while it rises, or it never arrives */
		load.avg[i] = sum >> LOAD_BITS;
	}
}

/* Periods in which nobody came here had no tick: all CPUs were idle then. */
void account_load(nsec_t now)
{
	u32 steps = 0;

	if (now < atomic_load_relaxed(&load.next) || !spin_trylock(&load.lock))
		return;
	while (load.next + LOAD_PERIOD <= now && steps++ < MAX_CATCHUP) {
		load_step(0);
		load.next += LOAD_PERIOD;
	}
	if (load.next <= now) {
		load_step(nr_active() << LOAD_BITS);
		load.next = now + LOAD_PERIOD;
	}
	spin_unlock(&load.lock);
}

void sched_loadavg(u32 avg[3])
{
	irqflags_t f = irq_save();

	account_load(clock_now());
	irq_restore(f);
	for (u32 i = 0; i < 3; i++)
		avg[i] = (u32)load.avg[i];
}

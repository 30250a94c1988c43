/* SPDX-License-Identifier: MIT */
/* Threads, the scheduler, timers, work queues. */
#include "lib/list.h"
#include "mm/slab.h"
#include "sched/runq.h"
#include "sched/threads_ktest.h"
#include "sched/timer.h"
#include "sched/workq.h"

#define HANG_LIMIT (60 * NSEC_PER_SEC)

/* --- timers --- */

#define TIMERS 40

struct timer_test {
	struct timer timers[TIMERS];
	struct timer *order[TIMERS];
	u32 fired;
	bool early;
	struct waitq done;
};
static struct timer_test *timer_test;

static void test_timer_fired(struct timer *t)
{
	struct timer_test *tt = timer_test;

	if (clock_now() < t->expires || tt->fired == TIMERS)
		tt->early = true;
	else
		tt->order[tt->fired++] = t;
	waitq_wake_all(&tt->done);
}

KTEST(timers_fire_in_order)
{
	struct timer_test *tt = timer_test = kzalloc(sizeof(*tt));
	irqflags_t flags;
	nsec_t base;
	u64 random = 1;

	KCHECK(tt);
	if (!tt)
		return;
	waitq_init(&tt->done);
	sched_set_affinity(current_thread(), 1UL << cpu_id()); /* one CPU's tree */
	flags = irq_save();                                    /* none fires before all are there */
	base = clock_now() + 3 * NSEC_PER_MSEC;
	for (u32 i = 0; i < TIMERS; i++) {
		timer_init(&tt->timers[i], test_timer_fired);
		timer_start(&tt->timers[i], base + ktest_random(&random) % (8 * NSEC_PER_MSEC));
	}
	KCHECK(timer_cancel(&tt->timers[7]) && !timer_cancel(&tt->timers[7]));
	timer_start(&tt->timers[3], base + 9 * NSEC_PER_MSEC); /* moved: the last */
	irq_restore(flags);
	KCHECK(!wait_event_timeout(
		&tt->done, atomic_load(&tt->fired) == TIMERS - 1, base + HANG_LIMIT));
	KCHECK(!tt->early && tt->order[TIMERS - 2] == &tt->timers[3]);
	for (u32 i = 1; i < tt->fired; i++)
		KCHECK(tt->order[i - 1]->expires <= tt->order[i]->expires);
	sched_set_affinity(current_thread(), ~0UL);
	kfree(tt);
}

/* Timers that are started again and cancelled from every CPU: no callback runs after its cancel. */
static void timer_noop(struct timer *t)
{
	(void)t;
}

static void timer_stress(void *arg, u32 index)
{
	struct timer *shared = arg;
	u64 random = index;

	for (u32 i = 0; i < 5000; i++) {
		struct timer mine;

		timer_init(&mine, timer_noop);
		timer_start(&mine, clock_now() + ktest_random(&random) % 20000);
		timer_start(&shared[i % 4], clock_now() + ktest_random(&random) % 20000);
		if (i % 32 == 0)
			sched_yield();
		timer_cancel(&mine);
		KCHECK(!mine.queued);
	}
}

KTEST(timers_stress_on_all_cpus)
{
	struct timer shared[4];

	for (u32 i = 0; i < 4; i++)
		timer_init(&shared[i], timer_noop);
	ktest_run_crew(2 * nr_cpus, false, timer_stress, shared);
	for (u32 i = 0; i < 4; i++) {
		timer_cancel(&shared[i]);
		KCHECK(!shared[i].queued);
	}
}

KTEST(timer_sleep_is_long_enough)
{
	for (u32 i = 1; i < 20; i++) {
		nsec_t start = clock_now();

		timer_sleep(i * 100 * NSEC_PER_USEC);
		KCHECK(clock_now() - start >= i * 100 * NSEC_PER_USEC);
	}
}

/* --- threads --- */

static void check_pinned(void *arg, u32 index)
{
	(void)arg;
	(void)index;
	for (u32 i = 0; i < 200; i++) {
		KCHECK(current_thread()->affinity == 1UL << cpu_id());
		sched_yield();
	}
}

KTEST(threads_stay_where_they_are_pinned)
{
	ktest_run_crew(3 * nr_cpus, true, check_pinned, NULL);
}

static void migrate(void *arg, u32 index)
{
	(void)arg;
	for (u32 i = 0; i < 300; i++) {
		u32 cpu = (i * 7 + index) % nr_cpus;

		sched_set_affinity(current_thread(), 1UL << cpu);
		KCHECK(cpu_id() == cpu);
	}
}

KTEST(threads_migrate_by_affinity)
{
	ktest_run_crew(2 * nr_cpus, false, migrate, NULL);
}

static void nothing(void *arg, u32 index)
{
	(void)index;
	atomic_inc(arg);
}

KTEST(threads_come_and_go)
{
	atomic_t ran = { 0 };

	for (u32 i = 0; i < 20; i++)
		ktest_run_crew(50, false, nothing, &ran);
	KCHECK(atomic_read(&ran) == 1000);
}

static void remember_self(void *arg)
{
	atomic_store((struct thread **)arg, current_thread());
}

KTEST(thread_reference_outlives_it)
{
	struct thread *self = NULL;
	struct thread *t = thread_create_kernel("ktest", remember_self, &self);

	KCHECK(t);
	if (!t)
		return;
	thread_get(t);
	thread_start(t);
	for (u32 i = 0; i < 1000 && atomic_load(&t->kstack); i++)
		timer_sleep(NSEC_PER_MSEC);
	KCHECK(self == t && t->state == THREAD_DEAD && !t->kstack);
	thread_put(t);
	t = thread_create_kernel("ktest", remember_self, &self);
	if (t)
		thread_put(t); /* never started */
}

/* --- fairness --- */

/*
 * Two threads compete for a CPU until both have had FAIR_TURNS slices of it and their times stand
 * in the ratio of their weights. However slow the machine is, and whatever it charges to one of
 * them for time in which it did not run at all, the ratio gets there: who has had too much waits.
 * Where it does not, it is not fair.
 */
#define FAIR_TURNS 20

struct fair_test {
	int nice; /* of the second */
	u64 low,
		/* the first one's time, in percent of the second's, has to get between these */
		high;
	struct thread *threads[2];
	nsec_t start[2], give_up;
	bool over;
};

static bool fair_is_divided(struct fair_test *f)
{
	nsec_t used[2];
	u64 percent;

	for (u32 i = 0; i < 2; i++)
		used[i] = thread_runtime(f->threads[i]) - f->start[i];
	percent = used[0] * 100 / max(used[1], 1UL);
	return min(used[0], used[1]) > FAIR_TURNS * SCHED_SLICE && percent > f->low &&
	       percent < f->high;
}

/* The first one measures, from the moment at which both run. */
static void fair_measure(struct fair_test *f)
{
	for (u32 i = 0; i < 2; i++)
		f->start[i] = thread_runtime(f->threads[i]);
	while (!fair_is_divided(f) && clock_now() < f->give_up)
		cond_resched();
	KCHECK(clock_now() < f->give_up);
	atomic_store(&f->over, true);
}

static void fair_hog(void *arg, u32 index)
{
	struct fair_test *f = arg;

	sched_set_affinity(current_thread(), 1);
	if (index)
		sched_set_nice(current_thread(), f->nice);
	atomic_store(&f->threads[index], current_thread());
	while (!atomic_load(&f->threads[!index]))
		sched_yield();
	if (index == 0)
		fair_measure(f);
	while (!atomic_load(&f->over))
		cond_resched();
}

static void fair_test(int nice, u64 low, u64 high)
{
	struct fair_test f = {
		.nice = nice, .low = low, .high = high, .give_up = clock_now() + HANG_LIMIT
	};

	ktest_run_crew(2, false, fair_hog, &f);
}

KTEST(sched_divides_a_cpu_by_weight)
{
	fair_test(0, 90, 111);
	fair_test(5, 275, 340); /* 1024 : 335 */
}

/* All begin on one CPU; then each other one comes and takes some of them away, sooner or later. */
struct spread_test {
	atomic_t arrived;
	u64 seen; /* CPUs on which one of them ran */
};

static void spread_hog(void *arg, u32 index)
{
	struct spread_test *s = arg;
	nsec_t give_up = clock_now() + HANG_LIMIT;

	(void)index;
	sched_set_affinity(current_thread(), 1);
	atomic_inc(&s->arrived);
	while (atomic_read(&s->arrived) < (s32)(2 * nr_cpus) && clock_now() < give_up)
		sched_yield();
	sched_set_affinity(current_thread(), ~0UL);
	while (atomic_load(&s->seen) != cpus_online && clock_now() < give_up) {
		__atomic_fetch_or(&s->seen, 1UL << cpu_id(), __ATOMIC_RELAXED);
		cond_resched();
	}
}

KTEST(sched_uses_all_cpus)
{
	struct spread_test s = { .seen = 0 };

	ktest_run_crew(2 * nr_cpus, false, spread_hog, &s);
	KCHECK(s.seen == cpus_online);
}

KTEST(thread_times_add_up)
{
	nsec_t start = clock_now(), before = thread_runtime(current_thread()), u, s, run;

	do /* others may want the CPU meanwhile */
		run = thread_runtime(current_thread()) - before;
	while (run < 20 * NSEC_PER_MSEC && clock_now() < start + HANG_LIMIT);
	thread_times(current_thread(), &u, &s);
	KCHECK(run >= 20 * NSEC_PER_MSEC && run <= clock_now() - start);
	KCHECK(u + s >= before + run);
}

/* --- work queues --- */

struct work_test {
	struct work work;
	struct completion done;
	struct timer timer;
	u32 runs;
};

static void test_work(struct work *w)
{
	struct work_test *wt = container_of(w, struct work_test, work);

	timer_sleep(NSEC_PER_MSEC); /* it may sleep */
	if (++wt->runs == 2)
		completion_signal(&wt->done);
	else
		work_queue(w);
}

static void test_work_timer(struct timer *t)
{
	work_queue(&container_of(t, struct work_test, timer)->work);
}

KTEST(work_runs_in_a_thread)
{
	struct work_test wt = { .runs = 0 };

	work_init(&wt.work, test_work);
	completion_init(&wt.done);
	timer_init(&wt.timer, test_work_timer);
	timer_start(&wt.timer, clock_now() + NSEC_PER_MSEC);
	completion_wait(&wt.done);
	KCHECK(wt.runs == 2);
}

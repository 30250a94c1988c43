/* SPDX-License-Identifier: MIT */
/* Locks: mutual exclusion and progress with threads on all CPUs; wait queues lose no wake-up. */
#include "debug/printk.h"
#include "sched/threads_ktest.h"
#include "sched/timer.h"
#include "sync/mutex.h"
#include "sync/rwsem.h"

#define ROUNDS 4000

/* --- spinlock --- */

struct spin_test {
	struct spinlock lock;
	u64 a, b;
};

static void spin_rounds(void *arg, u32 index)
{
	struct spin_test *s = arg;

	(void)index;
	for (u32 i = 0; i < 10 * ROUNDS; i++) {
		spin_lock(&s->lock);
		s->a++;
		barrier();
		s->b++;
		KCHECK(s->a == s->b);
		spin_unlock(&s->lock);
	}
}

KTEST(spinlock_excludes)
{
	struct spin_test s = { .a = 0, .b = 0 };

	spin_init(&s.lock, RANK_DEVICE);
	ktest_run_crew(nr_cpus + 1, false, spin_rounds, &s);
	KCHECK(s.a == 10UL * ROUNDS * (nr_cpus + 1) && s.b == s.a);
}

/* --- mutex --- */

struct mutex_test {
	struct mutex lock;
	u64 value;
	u32 inside;
};

/* Often sleeps inside, so that the mutex is contended on one CPU too. */
static void mutex_rounds(void *arg, u32 index)
{
	struct mutex_test *m = arg;

	for (u32 i = 0; i < ROUNDS; i++) {
		mutex_lock(&m->lock);
		KCHECK(m->inside++ == 0 && mutex_is_mine(&m->lock));
		m->value++;
		if ((i + index) % 16 == 0)
			sched_yield();
		KCHECK(--m->inside == 0);
		mutex_unlock(&m->lock);
	}
}

KTEST(mutex_excludes)
{
	struct mutex_test m = { .value = 0 };

	mutex_init(&m.lock, RANK_PIPE);
	ktest_run_crew(2 * nr_cpus + 1, false, mutex_rounds, &m);
	KCHECK(m.value == (u64)ROUNDS * (2 * nr_cpus + 1));
	KCHECK(mutex_trylock(&m.lock));
	KCHECK(mutex_is_mine(&m.lock) && !mutex_trylock(&m.lock));
	mutex_unlock(&m.lock);
	KCHECK(!m.lock.owner);
}

/* A thread that holds the mutex nearly always must not starve the others. */
static void mutex_greedy(void *arg, u32 index)
{
	struct mutex_test *m = arg;
	nsec_t end = clock_now() + 20 * NSEC_PER_SEC; /* it takes some ms */

	if (index) {
		for (u32 i = 0; i < 50; i++) {
			mutex_lock(&m->lock);
			m->value++;
			mutex_unlock(&m->lock);
		}
		atomic_store(&m->inside, 1);
		return;
	}
	while (!atomic_load(&m->inside) && clock_now() < end) {
		mutex_lock(&m->lock);
		for (u32 i = 0; i < 1000; i++)
			cpu_relax();
		mutex_unlock(&m->lock);
		cond_resched();
	}
	KCHECK(atomic_load(&m->inside));
}

KTEST(mutex_does_not_starve)
{
	struct mutex_test m = { .value = 0 };

	mutex_init(&m.lock, RANK_PIPE);
	ktest_run_crew(2, true, mutex_greedy, &m);
	KCHECK(m.value == 50);
}

/* --- rwsem --- */

struct rwsem_test {
	struct rwsem sem;
	u64 a, b;
	atomic_t readers, most_readers;
};

static void rwsem_reader(struct rwsem_test *r, bool sleep)
{
	s32 n;

	rwsem_read_lock(&r->sem);
	n = atomic_add_return(&r->readers, 1);
	if (n > atomic_read(&r->most_readers))
		atomic_set(&r->most_readers, n);
	KCHECK(r->a == r->b && rwsem_is_held(&r->sem));
	if (sleep)
		sched_yield();
	KCHECK(r->a == r->b);
	atomic_add_return(&r->readers, -1);
	rwsem_read_unlock(&r->sem);
}

static void rwsem_writer(struct rwsem_test *r, bool sleep)
{
	rwsem_write_lock(&r->sem);
	KCHECK(rwsem_is_write_held(&r->sem) && atomic_read(&r->readers) == 0);
	r->a++;
	if (sleep)
		sched_yield();
	r->b++;
	KCHECK(atomic_read(&r->readers) == 0 && r->a == r->b);
	rwsem_write_unlock(&r->sem);
}

static void rwsem_rounds(void *arg, u32 index)
{
	for (u32 i = 0; i < ROUNDS; i++) {
		bool sleep = (i + index) % 5 == 0;

		if ((i + index) % 4 == 0)
			rwsem_writer(arg, sleep);
		else
			rwsem_reader(arg, sleep);
	}
}

KTEST(rwsem_excludes)
{
	struct rwsem_test r = { .a = 0, .b = 0 };

	rwsem_init(&r.sem, RANK_MM);
	ktest_run_crew(2 * nr_cpus + 2, false, rwsem_rounds, &r);
	KCHECK(r.a == r.b && r.a >= ROUNDS / 4);
	KCHECK(atomic_read(&r.most_readers) > 1);
	KCHECK(atomic_read(&r.sem.count) == 0 && !rwsem_is_held(&r.sem));
	KCHECK(rwsem_read_trylock(&r.sem));
	KCHECK(!rwsem_write_trylock(&r.sem));
	rwsem_read_unlock(&r.sem);
	KCHECK(rwsem_write_trylock(&r.sem) && !rwsem_read_trylock(&r.sem));
	rwsem_write_unlock(&r.sem);
}

/* --- wait queues --- */

#define PINGPONG_ROUNDS 100000
#define PINGPONG_TIME   (10 * NSEC_PER_SEC) /* a busy host takes long to wake a halted CPU */

struct pingpong {
	struct waitq waitq[2];
	u32 turn; /* atomically */
	bool stop;
	u32 rounds;
};

/* Each waits for its turn and gives it to the other: a lost wake-up stops both for ever. */
static void pingpong_side(void *arg, u32 index)
{
	struct pingpong *p = arg;
	nsec_t end = clock_now() + PINGPONG_TIME;
	u32 i;

	for (i = 0; i < PINGPONG_ROUNDS && !p->stop; i++) {
		wait_event(&p->waitq[index], atomic_load(&p->turn) == index);
		if (!index && i % 1024 == 1023 && clock_now() > end)
			p->stop = true;
		atomic_store(&p->turn, !index);
		waitq_wake_all(&p->waitq[!index]);
	}
	p->rounds = i;
}

static void pingpong(bool pinned, void (*side)(void *arg, u32 index), const char *what)
{
	struct pingpong p = { .turn = 0 };
	nsec_t start = clock_now();

	waitq_init(&p.waitq[0]);
	waitq_init(&p.waitq[1]);
	ktest_run_crew(2, pinned, side, &p);
	KCHECK(p.rounds);
	pr_info("ktest: ping-pong %s: %u rounds, %lu ns each", what, p.rounds,
		(clock_now() - start) / max(p.rounds, 1u));
}

KTEST(waitq_loses_no_wakeup)
{
	pingpong(true, pingpong_side, "between CPUs");
}

/* The same on one CPU: every round is two switches. */
static void pingpong_same_cpu(void *arg, u32 index)
{
	sched_set_affinity(current_thread(), 1);
	KCHECK(cpu_id() == 0);
	pingpong_side(arg, index);
}

KTEST(waitq_pingpong_on_one_cpu)
{
	pingpong(false, pingpong_same_cpu, "on one CPU");
}

KTEST(waitq_times_out)
{
	struct waitq q;
	nsec_t start = clock_now();

	waitq_init(&q);
	KCHECK(wait_event_timeout(&q, false, start + 5 * NSEC_PER_MSEC) == -ETIMEDOUT);
	KCHECK(clock_now() >= start + 5 * NSEC_PER_MSEC);
	KCHECK(waitq_empty(&q));
	KCHECK(wait_event_timeout(&q, true, start) == 0);
	KCHECK(wait_event_timeout(&q, false, start) == -ETIMEDOUT);
}

struct exclusive_test {
	struct waitq q;
	atomic_t waiting, woken;
	u32 nr;
};

/* The last one wakes the others one by one. */
static void exclusive_member(void *arg, u32 index)
{
	struct exclusive_test *e = arg;
	struct waiter w = {
		.link = LIST_INIT(w.link), .thread = current_thread(), .exclusive = true
	};

	if (index < e->nr) {
		waitq_prepare(&e->q, &w, THREAD_BLOCKED);
		atomic_inc(&e->waiting);
		thread_sleep();
		waitq_finish(&e->q, &w);
		atomic_inc(&e->woken);
		return;
	}
	while (atomic_read(&e->waiting) < (s32)e->nr)
		timer_sleep(NSEC_PER_MSEC);
	for (u32 i = 0; i < e->nr; i++) {
		waitq_wake_one(&e->q);
		timer_sleep(3 * NSEC_PER_MSEC);
		KCHECK(atomic_read(&e->woken) == (s32)i + 1);
	}
}

KTEST(waitq_wakes_one_exclusive_waiter)
{
	struct exclusive_test e = { .nr = 5 };

	waitq_init(&e.q);
	ktest_run_crew(e.nr + 1, false, exclusive_member, &e);
	KCHECK(waitq_empty(&e.q) && atomic_read(&e.woken) == (s32)e.nr);
}

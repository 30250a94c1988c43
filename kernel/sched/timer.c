/* SPDX-License-Identifier: MIT */
/*
 * Timers and the wall clock. Each CPU has a tree of timers ordered by expiry and keeps its alarm
 * (arch/clock.h) at the first one. Cancelling leaves the alarm alone: at worst an interrupt finds
 * nothing to do and sets the next.
 *
 * A timer is in at most one tree, timer->cpu's; starting it elsewhere moves it there, unless its
 * callback runs at that moment: then it stays, so that one timer's callback never runs on two CPUs
 * at a time.
 *
 * Lock: queue->lock (RANK_TIMER, irqsave), one CPU's at a time. Callbacks are called without it.
 */
#include "arch/cpu.h"
#include "arch/vdso.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "sync/spinlock.h"

struct timer_queue {
	struct spinlock lock;
	struct rb_tree tree;
	struct timer *first;   /* the leftmost */
	struct timer *running; /* its callback runs now: not to be looked into, it may be freed */
	nsec_t alarm;          /* the time the hardware was told; NSEC_NEVER: none */
};

static DEFINE_PER_CPU(struct timer_queue, timer_queue);

void timer_init(struct timer *t, void (*func)(struct timer *))
{
	t->func = func;
	t->cpu = 0;
	t->queued = false;
}

/* The queue of the timer's CPU, locked. => interrupts off */
static struct timer_queue *lock_queue_of(struct timer *t)
{
	for (;;) {
		u32 cpu = atomic_load_relaxed(&t->cpu);
		struct timer_queue *q = per_cpu_ptr(&timer_queue, cpu);

		spin_lock(&q->lock);
		if (t->cpu == cpu)
			return q;
		spin_unlock(&q->lock);
	}
}

static struct timer *timer_of(struct rb_node *n)
{
	return n ? rb_entry(n, struct timer, node) : NULL;
}

static void insert_locked(struct timer_queue *q, struct timer *t)
{
	struct rb_node **link = &q->tree.root, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (t->expires < timer_of(parent)->expires) {
			link = &parent->left;
		} else { /* equal times: first come, first served */
			link = &parent->right;
			leftmost = false;
		}
	}
	rb_insert(&q->tree, &t->node, parent, link, NULL);
	if (leftmost)
		q->first = t;
	t->queued = true;
}

static void remove_locked(struct timer_queue *q, struct timer *t)
{
	if (q->first == t)
		q->first = timer_of(rb_next(&t->node));
	rb_erase(&q->tree, &t->node, NULL);
	t->queued = false;
}

/* Sets this CPU's alarm if its first timer comes before it. */
static void update_alarm_locked(struct timer_queue *q)
{
	if (q->first && q->first->expires < q->alarm) {
		q->alarm = q->first->expires;
		clock_arm(q->alarm);
	}
}

/*
 * The queue that the timer shall go to, locked, with the timer in no tree: this CPU's, or the one
 * where its callback runs. In between no lock is held and another may have started it: look again.
 */
static struct timer_queue *claim_locked(struct timer *t)
{
	struct timer_queue *mine = this_cpu_ptr(&timer_queue);

	for (;;) {
		struct timer_queue *q = lock_queue_of(t);

		if (t->queued)
			remove_locked(q, t);
		if (q == mine || q->running == t)
			return q;
		atomic_store(&t->cpu, cpu_id());
		spin_unlock(&q->lock);
	}
}

void timer_start(struct timer *t, nsec_t expires)
{
	irqflags_t f = irq_save();
	struct timer_queue *q = claim_locked(t);

	t->expires = expires;
	insert_locked(q, t);
	if (q == this_cpu_ptr(&timer_queue))
		update_alarm_locked(q);
	/* else that CPU is in timer_interrupt(), and looks at its tree before it leaves */
	spin_unlock_irqrestore(&q->lock, f);
}

bool timer_cancel(struct timer *t)
{
	for (;;) {
		irqflags_t f = irq_save();
		struct timer_queue *q = lock_queue_of(t);
		bool was_queued = t->queued;
		bool elsewhere = q->running == t && q != this_cpu_ptr(&timer_queue);

		if (was_queued)
			remove_locked(q, t);
		spin_unlock_irqrestore(&q->lock, f);
		if (!elsewhere)
			return was_queued;
		cpu_relax();
	}
}

/* The alarm rang: interrupt context. */
static void timer_interrupt(void)
{
	struct timer_queue *q = this_cpu_ptr(&timer_queue);
	irqflags_t f = spin_lock_irqsave(&q->lock);

	while (q->first && q->first->expires <= clock_now()) {
		struct timer *t = q->first;

		remove_locked(q, t);
		q->running = t;
		spin_unlock(&q->lock);
		t->func(t);
		spin_lock(&q->lock);
		q->running = NULL;
	}
	q->alarm = NSEC_NEVER;
	update_alarm_locked(q);
	spin_unlock_irqrestore(&q->lock, f);
}

void timer_init_cpu(void)
{
	struct timer_queue *q = this_cpu_ptr(&timer_queue);

	spin_init_named(&q->lock, RANK_TIMER, "timer_queue");
	q->tree.root = NULL;
	q->first = q->running = NULL;
	q->alarm = NSEC_NEVER;
	clock_set_handler(timer_interrupt);
}

void timer_sleep(nsec_t duration)
{
	nsec_t end = clock_now() + duration;

	do
		thread_set_state(THREAD_BLOCKED);
	while (thread_sleep_until(end));
}

/* --- the wall clock --- */

nsec_t time_realtime(void)
{
	return clock_now() + atomic_load_relaxed(&vdso_data.realtime_offset);
}

void time_set_realtime(nsec_t ns)
{
	__atomic_store_n(&vdso_data.realtime_offset, ns - clock_now(), __ATOMIC_RELAXED);
}

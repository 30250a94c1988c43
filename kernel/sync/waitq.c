/* SPDX-License-Identifier: MIT */
/*
 * Wait queues. A thread queues itself, sets its state, tests its condition, sleeps; whoever makes
 * the condition true wakes the queue. Between "queued" and "asleep" nothing is lost: a wake-up that
 * comes there finds the waiter on the list and turns its state back to runnable, so that it does
 * not fall asleep.
 *
 *	waiter                                   waker
 *	waitq_prepare: queue, state = BLOCKED    make the condition true
 *	test the condition                       waitq_wake_*: state = RUNNABLE, unlink
 *	thread_sleep() (returns at once if RUNNABLE)
 *	waitq_finish
 *
 * Invariant: a waiter stands on the list exactly as long as nobody woke it; wake-up unlinks a
 * thread's waiter (callbacks stay until waitq_remove). Lock: q->lock (irqsave), and under it the
 * run queue's.
 */
#include "sync/waitq.h"

void waitq_init(struct waitq *q)
{
	spin_init_named(&q->lock, RANK_WAITQ, "waitq");
	list_init(&q->waiters);
}

/* Exclusive waiters stand at the tail, so that a wake-up of one reaches all others first. */
static void queue_locked(struct waitq *q, struct waiter *w)
{
	if (w->exclusive)
		list_append(&q->waiters, &w->link);
	else
		list_push(&q->waiters, &w->link);
}

void waitq_add(struct waitq *q, struct waiter *w)
{
	irqflags_t f = spin_lock_irqsave(&q->lock);

	queue_locked(q, w);
	spin_unlock_irqrestore(&q->lock, f);
}

void waitq_remove(struct waitq *q, struct waiter *w)
{
	irqflags_t f = spin_lock_irqsave(&q->lock);

	list_remove(&w->link);
	spin_unlock_irqrestore(&q->lock, f);
}

/*
 * Unlinks a woken waiter. The store to link.next is the last access to it: its thread may be past
 * waitq_finish as soon as it sees that, and the waiter lies on its stack.
 */
static void unlink_woken(struct waiter *w)
{
	struct list *l = &w->link;

	l->prev->next = l->next;
	l->next->prev = l->prev;
	l->prev = l;
	__atomic_store_n(&l->next, l, __ATOMIC_RELEASE);
}

/* Wakes one waiter; true if that was a thread which slept for it. */
static bool wake_waiter(struct waiter *w)
{
	if (w->func) {
		w->func(w);
		return false;
	}
	if (!thread_wake(w->thread))
		return false; /* awake already, it will look at its condition */
	unlink_woken(w);
	return true;
}

static void wake_locked(struct waitq *q, bool only_one)
{
	struct waiter *w, *tmp;

	list_for_each_safe (w, tmp, &q->waiters, link) {
		bool exclusive = w->exclusive;

		if (wake_waiter(w) && exclusive && only_one)
			break;
	}
}

/*
 * Nobody waits most of the time, and then the lock is spared. The fence orders the caller's "the
 * condition is true" before the look at the list; in waitq_prepare the exchange of the state orders
 * the other side.
 */
static void wake(struct waitq *q, bool only_one)
{
	irqflags_t f;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (waitq_empty(q))
		return;
	f = spin_lock_irqsave(&q->lock);
	wake_locked(q, only_one);
	spin_unlock_irqrestore(&q->lock, f);
}

void waitq_wake_all(struct waitq *q)
{
	wake(q, false);
}

void waitq_wake_one(struct waitq *q)
{
	wake(q, true);
}

void waitq_wake_all_locked(struct waitq *q)
{
	wake_locked(q, false);
}

void waitq_prepare(struct waitq *q, struct waiter *w, enum thread_state state)
{
	irqflags_t f = spin_lock_irqsave(&q->lock);

	if (list_empty(&w->link))
		queue_locked(q, w);
	thread_set_state(state);
	spin_unlock_irqrestore(&q->lock, f);
}

void waitq_finish(struct waitq *q, struct waiter *w)
{
	thread_set_state(THREAD_RUNNABLE);
	if (__atomic_load_n(&w->link.next, __ATOMIC_ACQUIRE) != &w->link)
		waitq_remove(q, w);
}

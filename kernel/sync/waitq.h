/* SPDX-License-Identifier: MIT */
/*
 * Wait queues: threads (or callbacks: poll) that wait for something to become true.
 *
 *	err = wait_event_interruptible(&pipe->readers, pipe_has_data(pipe));
 *
 * The condition is looked at again after every wake-up, with the waiter already queued, so no
 * wake-up is lost. The condition must not sleep. waitq_wake* may be called from interrupt handlers
 * and under any lock below RANK_WAITQ.
 */
#pragma once

#include "lib/err.h"
#include "lib/list.h"
#include "sched/sched.h"
#include "sync/spinlock.h"

struct waitq {
	struct spinlock lock;
	struct list waiters;
};

struct waiter {
	struct list link;
	struct thread *thread;
	/* NULL: wake the thread. Called under the queue's lock, interrupts off. */
	void (*func)(struct waiter *w);
	bool exclusive; /* waitq_wake_one wakes one of these, and all others */
};

#define WAITQ_INIT(name)                                                                           \
	{                                                                                          \
		.lock = SPINLOCK_INIT(name, RANK_WAITQ), .waiters = LIST_INIT((name).waiters)      \
	}

void waitq_init(struct waitq *q);
/* w.thread or w.func is set by the caller. */
void waitq_add(struct waitq *q, struct waiter *w);
void waitq_remove(struct waitq *q, struct waiter *w); /* does nothing if it is not queued */
void waitq_wake_all(struct waitq *q);
/* All non-exclusive waiters and one exclusive one. An exclusive waiter that gives up (a signal)
 * wakes the next. */
void waitq_wake_one(struct waitq *q);
/* => q->lock held, interrupts off */
void waitq_wake_all_locked(struct waitq *q);
static inline bool waitq_empty(struct waitq *q)
{
	return __atomic_load_n(&q->waiters.next, __ATOMIC_RELAXED) == &q->waiters;
}

/* One round of a wait: queue w, set the state. Then test; then thread_sleep(); finish. */
void waitq_prepare(struct waitq *q, struct waiter *w, enum thread_state state);
void waitq_finish(struct waitq *q, struct waiter *w);

#define wait_event_state(q, cond, state, intr, deadline)                                           \
	({                                                                                         \
		int err_ = 0;                                                                      \
		might_sleep();                                                                     \
		if (!(cond)) {                                                                     \
			struct waiter w_ = { .thread = current_thread(),                           \
				.link = LIST_INIT(w_.link) };                                      \
			for (;;) {                                                                 \
				waitq_prepare(q, &w_, state);                                      \
				if (cond)                                                          \
					break;                                                     \
				if ((intr) && thread_signal_pending()) {                           \
					err_ = -ERESTARTSYS;                                       \
					break;                                                     \
				}                                                                  \
				if (!thread_sleep_until(deadline)) {                               \
					err_ = (cond) ? 0 : -ETIMEDOUT;                            \
					break;                                                     \
				}                                                                  \
				if (cond)                                                          \
					break;                                                     \
			}                                                                          \
			waitq_finish(q, &w_);                                                      \
		}                                                                                  \
		err_;                                                                              \
	})

/* Sleeps until cond. */
#define wait_event(q, cond) ((void)wait_event_state(q, cond, THREAD_BLOCKED, false, NSEC_NEVER))
/* 0, or -ERESTARTSYS when a signal came first. */
#define wait_event_interruptible(q, cond)                                                          \
	wait_event_state(q, cond, THREAD_INTERRUPTIBLE, true, NSEC_NEVER)
/* 0, -ERESTARTSYS, or -ETIMEDOUT at `deadline` (ns since boot; NSEC_NEVER). */
#define wait_event_until(q, cond, deadline)                                                        \
	wait_event_state(q, cond, THREAD_INTERRUPTIBLE, true, deadline)
/* 0 or -ETIMEDOUT; signals do not matter. */
#define wait_event_timeout(q, cond, deadline)                                                      \
	wait_event_state(q, cond, THREAD_BLOCKED, false, deadline)

/* SPDX-License-Identifier: MIT */
/*
 * Work queue: what interrupt handlers leave for a thread to do. One queue, one thread ("worker"): a
 * function that sleeps for long delays the others and belongs into a thread of its own.
 *
 * Lock: workq_lock (irqsave): the list, work->queued. A work may be queued again, or freed, from
 * its own function.
 */
#include "debug/panic.h"
#include "sched/workq.h"
#include "sync/waitq.h"

static struct spinlock workq_lock = SPINLOCK_INIT(workq_lock, RANK_WORKQ);
static struct list works = LIST_INIT(works);
static struct waitq worker_waitq = WAITQ_INIT(worker_waitq);

void work_queue(struct work *w)
{
	irqflags_t f = spin_lock_irqsave(&workq_lock);
	bool is_new = !w->queued;

	if (is_new) {
		w->queued = true;
		list_append(&works, &w->link);
	}
	spin_unlock_irqrestore(&workq_lock, f);
	if (is_new)
		waitq_wake_one(&worker_waitq);
}

static struct work *take_work(void)
{
	irqflags_t f = spin_lock_irqsave(&workq_lock);
	struct work *w = NULL;

	if (!list_empty(&works)) {
		w = list_first(&works, struct work, link);
		list_remove(&w->link);
		w->queued = false;
	}
	spin_unlock_irqrestore(&workq_lock, f);
	return w;
}

static void worker(void *unused)
{
	struct work *w = NULL;

	(void)unused;
	for (;;) {
		wait_event(&worker_waitq, (w = take_work()) != NULL);
		w->func(w);
		cond_resched();
	}
}

void workq_init(void)
{
	if (!thread_run_kernel(worker, NULL, "worker"))
		panic("workq_init: no memory for the worker thread");
}

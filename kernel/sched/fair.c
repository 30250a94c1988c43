/* SPDX-License-Identifier: MIT */
/*
 * Fairness: who runs next on one CPU. Each thread has a vruntime, the CPU time that it has used
 * divided by its weight; the one with the least is next. So threads of equal weight get equal time,
 * and one that mostly sleeps is served at once when it wakes. (The idea is that of Linux's CFS: see
 * docs/processes.)
 *
 * A thread that slept must not come back with hours of unused time: fair_place() gives it one slice
 * of advantage at most over min_vruntime, the least vruntime that still matters on that CPU.
 *
 * Pure bookkeeping: no switch, no other CPU. All under the run queue's lock.
 */
#include <linux/sched.h>
#include "sched/runq.h"

#define WEIGHT_NICE_0 1024
#define WEIGHT_IDLE   3 /* a fifth of nice 19 */
/* What a sleeper may have saved; how far behind the current thread a woken one must be to take its
 * CPU. */
#define WAKE_ADVANTAGE  SCHED_SLICE
#define WAKE_PREEMPTION (SCHED_SLICE / 4)

/* Each step of nice is a factor of 1.25: about 10 % of the CPU between two threads. The table of
 * sched(7)'s kernel. */
static const u32 weights[40] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, /* -20 */
	9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277,           /* -10 */
	1024, 820, 655, 526, 423, 335, 272, 215, 172, 137,                    /*   0 */
	110, 87, 70, 56, 45, 36, 29, 23, 18, 15,                              /*  10 */
};

u32 fair_weight(int policy, int nice)
{
	if (policy == SCHED_IDLE)
		return WEIGHT_IDLE;
	return weights[clamp(nice, -20, 19) + 20];
}

static struct thread *thread_of(struct rb_node *n)
{
	return n ? rb_entry(n, struct thread, run_node) : NULL;
}

/* min_vruntime follows the least of those that are here. */
static void advance_min(struct runq *rq, u64 v)
{
	if (rq->first)
		v = min(v, rq->first->vruntime);
	rq->min_vruntime = max(rq->min_vruntime, v);
}

void fair_charge(struct runq *rq, struct thread *t, nsec_t delta)
{
	if (unlikely(t->weight != WEIGHT_NICE_0))
		delta = delta * WEIGHT_NICE_0 / t->weight;
	t->vruntime += delta;
	advance_min(rq, t->vruntime);
}

void fair_enqueue(struct runq *rq, struct thread *t)
{
	struct rb_node **link = &rq->tree.root, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (t->vruntime < thread_of(parent)->vruntime) {
			link = &parent->left;
		} else {
			link = &parent->right;
			leftmost = false;
		}
	}
	rb_insert(&rq->tree, &t->run_node, parent, link, NULL);
	if (leftmost)
		rq->first = t;
	t->queued = true;
	rq->nr_queued++;
}

void fair_dequeue(struct runq *rq, struct thread *t)
{
	if (rq->first == t)
		rq->first = thread_of(rb_next(&t->run_node));
	rb_erase(&rq->tree, &t->run_node, NULL);
	t->queued = false;
	rq->nr_queued--;
}

void fair_leave(struct runq *rq, struct thread *t)
{
	t->vruntime -= rq->min_vruntime; /* may wrap: fair_join undoes it */
}

void fair_join(struct runq *rq, struct thread *t)
{
	t->vruntime += rq->min_vruntime;
}

void fair_place(struct runq *rq, struct thread *t, bool is_new)
{
	u64 floor = rq->min_vruntime - (is_new ? 0 : WAKE_ADVANTAGE);

	if (is_new || (s64)(t->vruntime - floor) < 0)
		t->vruntime = floor;
}

bool fair_preempts(const struct runq *rq, const struct thread *t)
{
	const struct thread *cur = rq->current;

	if (cur == rq->idle)
		return true;
	if (cur->policy == SCHED_IDLE && t->policy != SCHED_IDLE)
		return true;
	if (t->policy != SCHED_NORMAL)
		return false; /* it has time until the next tick */
	return (s64)(cur->vruntime + (clock_now() - cur->stamp) - t->vruntime) >
	       (s64)WAKE_PREEMPTION;
}

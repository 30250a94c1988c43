/* SPDX-License-Identifier: MIT */
/*
 * The run queue of one CPU: private to sched/. Everything in it is protected by its lock, except
 * what is marked.
 *
 * A thread's scheduler fields are protected by the lock of the run queue of thread->cpu. Nobody
 * holds two run queues' locks: a thread that moves is in neither for a moment ("in transit":
 * RUNNABLE, not queued, not current), and its thread->cpu names the new one already.
 */
#pragma once

#include "arch/cpu.h"
#include "debug/assert.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "sync/spinlock.h"

/* How long a thread runs before another one that waits has its turn; also the period of a busy
 * CPU's tick. */
#define SCHED_SLICE (4 * NSEC_PER_MSEC)

struct runq {
	struct spinlock lock;
	u32 cpu;             /* constant */
	struct thread *idle; /* constant */
	struct thread *current;
	struct thread *prev;  /* the one that is being switched away from */
	struct rb_tree tree;  /* runnable threads but the current one, by vruntime */
	struct thread *first; /* its leftmost */
	u32 nr_queued;        /* read by others without the lock: a hint */
	u64 min_vruntime;     /* never falls: where newcomers are put */

	u32 polling; /* atomically: the idle thread looks at its flag, needs no interrupt */

	struct timer tick;     /* its own lock; runs while the CPU is not idle */
	nsec_t balance_at;     /* this CPU only */
	bool interrupted_user; /* this CPU only, interrupts off: what the timer interrupted */

	nsec_t busy, idle_time; /* up to current->stamp */
	u64 user_samples, system_samples;
	nsec_t user, system; /* as reported last */
	u64 switches;
};

DECLARE_PER_CPU(struct runq, runqs);

static inline struct runq *this_runq(void)
{
	return this_cpu_ptr(&runqs);
}

static inline struct runq *cpu_runq(u32 cpu)
{
	return per_cpu_ptr(&runqs, cpu);
}

/* The run queue of the thread's CPU, locked. => interrupts off */
struct runq *runq_lock_of(struct thread *t);
/* Tells the CPU to schedule() soon. => rq locked */
void runq_resched_locked(struct runq *rq);

/* --- fair.c: the order --- */
u32 fair_weight(int policy, int nice);
/* The thread ran for delta. */
void fair_charge(struct runq *rq, struct thread *t, nsec_t delta);
void fair_enqueue(struct runq *rq, struct thread *t);
void fair_dequeue(struct runq *rq, struct thread *t);
/* vruntime counts from its run queue's min_vruntime: before leaving one and after joining
 * another. */
void fair_leave(struct runq *rq, struct thread *t);
void fair_join(struct runq *rq, struct thread *t);
/* A thread that was not runnable becomes so: bounds what it has saved while it slept. */
void fair_place(struct runq *rq, struct thread *t, bool is_new);
/* Shall t, just queued, take the CPU from the current thread? */
bool fair_preempts(const struct runq *rq, const struct thread *t);

/* --- balance.c: which CPU --- */
void balance_add_cpu(u32 cpu);
cpumask_t balance_cpus(void);
/* This CPU has nothing to run; or has. */
void balance_enter_idle(u32 cpu);
void balance_leave_idle(u32 cpu);
/* The CPU for a thread that becomes runnable; an idle one is claimed, so that two wake-ups do
 * not take the same. */
u32 balance_choose_cpu(const struct thread *t);
/* Moves a thread from the longest queue, if that has at_least threads waiting, to rq (this
 * CPU's). True if one came. */
bool balance_pull(struct runq *rq, u32 at_least);
/* From the tick of a busy CPU. */
void balance_tick(struct runq *rq, nsec_t now);

/* --- account.c: time --- */
/* Brings the current thread's time up to date; returns now. => rq locked */
nsec_t account_current(struct runq *rq);
/* The tick has found the current thread in user mode, or in the kernel. => rq locked */
void account_sample(struct runq *rq);
/* Brings the load averages up to date. */
void account_load(nsec_t now);

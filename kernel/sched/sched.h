/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: which thread runs where. One run queue per CPU, fair by weighted CPU time (nice),
 * a time slice, wake-ups onto idle CPUs, idle CPUs pull. Idle CPUs halt without a tick.
 */
#pragma once

#include "arch/clock.h"
#include "sched/thread.h"

#define NSEC_NEVER (~0UL)

/* Boot CPU: the running code is its idle thread, which may not sleep; it goes on to
 * sched_idle_loop() once it has started a thread that does the rest of the boot. After
 * slab_init(); before any timer or thread is started. */
void sched_init(void);
/* Another CPU, before it idles: the running code becomes its idle thread. */
void sched_init_cpu(void);
void sched_idle_loop(void) __noreturn;
/* The boot CPU has reached its idle loop: threads run, sleeping is possible. */
bool sched_is_running(void);

/* Gives up the CPU: the current thread stays runnable only if its state is THREAD_RUNNABLE. =>
 * no spinlock held */
void schedule(void);
/* sched_yield(2). */
void sched_yield(void);
/* In long kernel loops: lets others run if their time has come. May sleep. */
void cond_resched(void);

/* To sleep: set the state (before testing the condition), test, thread_sleep(); wait queues do
 * this for you. */
void thread_set_state(enum thread_state state);
void thread_sleep(void);
/* Sleeps until woken (true) or until the deadline (false), ns since boot. State was set by the
 * caller. */
bool thread_sleep_until(nsec_t deadline);
/* Makes a sleeping thread runnable if its state is in the mask of (1 << state); true if it was.
 * Any context. */
bool thread_wake_states(struct thread *t, u32 state_mask);
#define WAKE_NORMAL  ((1u << THREAD_INTERRUPTIBLE) | (1u << THREAD_BLOCKED))
#define WAKE_SIGNAL  (1u << THREAD_INTERRUPTIBLE)
#define WAKE_STOPPED (1u << THREAD_STOPPED)
static inline bool thread_wake(struct thread *t)
{
	return thread_wake_states(t, WAKE_NORMAL);
}
/* After a flag of a running thread was set: makes sure that it sees it soon (IPI if it runs in
 * user mode elsewhere). */
void thread_kick(struct thread *t);

void sched_set_nice(struct thread *t, int nice);
/* SCHED_NORMAL; SCHED_BATCH (it never takes the CPU from another when it wakes); SCHED_IDLE (it has
 * least of all to get, whatever its nice value). sched(7). */
void sched_set_policy(struct thread *t, int policy, bool reset_on_fork);
/* What a new thread has of its parent: policy, nice value, affinity. */
void sched_inherit(struct thread *t, const struct thread *parent);
/* the current thread moves before it returns */
void sched_set_affinity(struct thread *t, cpumask_t mask);

/* CPU time of a thread until now. The sum is exact; its division into user and system time is
 * that of the ticks which found it there (getrusage(2), times(2)). */
void thread_times(struct thread *t, nsec_t *utime, nsec_t *stime);
/* The sum alone (CLOCK_THREAD_CPUTIME_ID). */
nsec_t thread_runtime(struct thread *t);
/* Called by arch in the timer interrupt, before the handler: whether user mode was interrupted. */
void sched_account(bool user);

struct sched_stats {
	nsec_t user, system, idle;
	u64 switches;
	u32 running; /* runnable threads */
};
void sched_cpu_stats(u32 cpu, struct sched_stats *st);
/* Load averages as /proc/loadavg wants them, fixed point with 11 bits. */
void sched_loadavg(u32 avg[3]);
/* Called first by every new thread, in assembly: finishes the switch that led to it. */
void sched_switch_tail(void);

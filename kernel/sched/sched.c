/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: switching, sleeping, waking. One run queue per CPU (runq.h), ordered by fair.c;
 * balance.c chooses CPUs, account.c keeps the time.
 *
 *	                     schedule() takes it
 *	  RUNNABLE, queued  -------------------->  RUNNABLE, current  --thread_exit()-->  DEAD
 *	        ^    ^      <--------------------         |
 *	        |    |      schedule(): its slice ended   | thread_set_state(), thread_sleep()
 *	        |    |                                    v
 *	  thread_start()    <---------------------  INTERRUPTIBLE, BLOCKED, STOPPED
 *	        NEW           thread_wake_states()
 *
 * A switch happens with the run queue's lock held: the old thread takes it, the new one releases it
 * in sched_switch_tail(). So whoever holds the lock of a thread's run queue and sees that it is not
 * the current thread knows that its registers are saved and its stack is still: it may be started
 * anywhere. There is no other handshake.
 *
 * No wake-up is lost: a thread sets its state before it looks at its condition; the waker makes the
 * condition true before it looks at the state, under the lock; if the thread has not left the CPU
 * yet, schedule() finds it runnable again.
 *
 * Kernel code is not preempted. User code is, by the tick: a busy CPU has a timer at the end of the
 * slice, an idle CPU none. The tick is started lazily: it is left running when threads switch, so a
 * switch costs no timer.
 */
#include <linux/sched.h>
#include "arch/smp.h"
#include "mm/kstack.h"
#include "sched/runq.h"

#define IDLE_POLL       (20 * NSEC_PER_USEC)
#define LOOKS_PER_PAUSE 32 /* for QEMU's TCG a pause is expensive: spinlock.c */

DEFINE_PER_CPU(struct runq, runqs);

static bool running;

bool sched_is_running(void)
{
	return atomic_load_relaxed(&running);
}

struct runq *runq_lock_of(struct thread *t)
{
	for (;;) {
		u32 cpu = atomic_load_relaxed(&t->cpu);
		struct runq *rq = cpu_runq(cpu);

		spin_lock(&rq->lock);
		if (likely(t->cpu == cpu))
			return rq;
		spin_unlock(&rq->lock); /* it moved */
	}
}

void runq_resched_locked(struct runq *rq)
{
	struct thread *t = rq->current;

	if (t->flags & THREAD_NEED_RESCHED)
		return;
	thread_set_flag(t, THREAD_NEED_RESCHED);
	if (rq->cpu != cpu_id() && !atomic_load_relaxed(&rq->polling))
		smp_reschedule(rq->cpu);
}

/* --- switching --- */

/* Makes next the current thread. Returns when prev runs again, maybe on another CPU. => rq
 * locked; released */
static void switch_to(struct runq *rq, struct thread *prev, struct thread *next, nsec_t now)
{
	debug_assert(!prev->kstack || kstack_is_intact(prev->kstack));
	rq->current = next;
	rq->prev = prev;
	rq->switches++;
	next->on_cpu = 1;
	next->stamp = now;
	next->slice_end = now + SCHED_SLICE;
	this_cpu_write8(current_thread_ptr, next);
	if (next->mmu != prev->mmu)
		mmu_switch(next->mmu);
	arch_switch(&prev->arch, &next->arch);
	sched_switch_tail();
}

/* Queues a runnable thread that is nowhere on the best CPU. => rq, that of t->cpu, locked;
 * released */
static void activate(struct runq *rq, struct thread *t, bool is_new)
{
	u32 cpu = balance_choose_cpu(t);

	if (cpu != rq->cpu) {
		fair_leave(rq, t);
		atomic_store(&t->cpu, cpu);
		spin_unlock(&rq->lock);
		rq = cpu_runq(cpu);
		spin_lock(&rq->lock);
		fair_join(rq, t);
	}
	fair_place(rq, t, is_new);
	fair_enqueue(rq, t);
	if (fair_preempts(rq, t))
		runq_resched_locked(rq);
	spin_unlock(&rq->lock);
}

void sched_switch_tail(void)
{
	struct runq *rq = this_runq();
	struct thread *prev = rq->prev;
	bool dead = prev->state == THREAD_DEAD;
	/* It may not run here any more: schedule() did not queue it. */
	bool moves = prev->state == THREAD_RUNNABLE && !prev->queued && prev != rq->idle;

	prev->on_cpu = 0;
	spin_unlock(&rq->lock);
	/* From here on prev may run elsewhere, or be freed, unless it is one of these: */
	if (dead)
		thread_reap(prev);
	if (moves)
		activate(runq_lock_of(prev), prev, false);
	if (rq->current != rq->idle && !rq->tick.queued)
		timer_start(&rq->tick, rq->current->slice_end);
}

static bool may_stay(const struct runq *rq, const struct thread *t)
{
	return t->affinity >> rq->cpu & 1;
}

/* The thread that runs next, on no queue; prev is queued if it is runnable but not next. */
static struct thread *pick_next(struct runq *rq, struct thread *prev)
{
	bool runnable = prev != rq->idle && prev->state == THREAD_RUNNABLE && may_stay(rq, prev);
	struct thread *next = rq->first;

	if (runnable && (!next || prev->vruntime <= next->vruntime))
		return prev;
	if (runnable)
		fair_enqueue(rq, prev);
	if (!next)
		return rq->idle;
	fair_dequeue(rq, next);
	return next;
}

void schedule(void)
{
	irqflags_t f = irq_save();
	struct runq *rq = this_runq();
	struct thread *prev = rq->current, *next;
	nsec_t now;

	spin_lock(&rq->lock);
	now = account_current(rq);
	if (prev->flags & THREAD_NEED_RESCHED)
		thread_clear_flag(prev, THREAD_NEED_RESCHED);
	assert(prev != rq->idle || prev->state == THREAD_RUNNABLE);
	next = pick_next(rq, prev);
	if (next == prev) {
		prev->slice_end = now + SCHED_SLICE;
		spin_unlock_irqrestore(&rq->lock, f);
		return;
	}
	if (prev->state == THREAD_RUNNABLE)
		prev->nr_involuntary++;
	else
		prev->nr_voluntary++;
	if (prev == rq->idle)
		balance_leave_idle(rq->cpu);
	switch_to(rq, prev, next, now);
	irq_restore(f);
}

/* Behind the next in the queue, once. */
void sched_yield(void)
{
	irqflags_t f = irq_save();
	struct runq *rq = this_runq();
	struct thread *t = rq->current;

	spin_lock(&rq->lock);
	account_current(rq);
	if (rq->first)
		t->vruntime = max(t->vruntime, rq->first->vruntime + 1);
	spin_unlock_irqrestore(&rq->lock, f);
	schedule();
}

void cond_resched(void)
{
	might_sleep();
	if (unlikely(current_thread()->flags & THREAD_NEED_RESCHED) && sched_is_running())
		schedule();
}

/* The end of a slice, or at least of a period without a tick. Interrupt context. */
static void tick(struct timer *timer)
{
	struct runq *rq = container_of(timer, struct runq, tick);
	irqflags_t f = spin_lock_irqsave(&rq->lock);
	nsec_t now = account_current(rq), next;
	struct thread *t = rq->current;

	if (t == rq->idle) { /* it is not started again until a thread runs */
		spin_unlock_irqrestore(&rq->lock, f);
		return;
	}
	account_sample(rq);
	if (now >= t->slice_end) {
		t->slice_end = now + SCHED_SLICE;
		if (rq->first && rq->first->vruntime < t->vruntime)
			runq_resched_locked(rq);
	}
	next = t->slice_end;
	spin_unlock_irqrestore(&rq->lock, f);
	timer_start(timer, next);
	balance_tick(rq, now);
	account_load(now);
}

/* --- sleeping and waking --- */

void thread_set_state(enum thread_state state)
{
	/* An exchange, for its barrier: the condition is looked at after this. */
	__atomic_exchange_n(&current_thread()->state, state, __ATOMIC_SEQ_CST);
}

void thread_sleep(void)
{
	might_sleep();
	schedule();
}

struct sleep_timer {
	struct timer timer;
	struct thread *thread;
	bool fired;
};

static void sleep_timer_fired(struct timer *timer)
{
	struct sleep_timer *s = container_of(timer, struct sleep_timer, timer);

	s->fired = true;
	thread_wake(s->thread);
}

bool thread_sleep_until(nsec_t deadline)
{
	struct sleep_timer s = { .thread = current_thread() };

	if (deadline == NSEC_NEVER) {
		thread_sleep();
		return true;
	}
	might_sleep();
	timer_init(&s.timer, sleep_timer_fired);
	timer_start(&s.timer, deadline);
	schedule();
	timer_cancel(&s.timer);
	return !s.fired;
}

bool thread_wake_states(struct thread *t, u32 state_mask)
{
	irqflags_t f = irq_save();
	struct runq *rq = runq_lock_of(t);
	u32 state = t->state;
	bool woken = state_mask >> state & 1;

	if (woken)
		__atomic_store_n(&t->state, THREAD_RUNNABLE, __ATOMIC_RELEASE);
	if (woken && rq->current != t)
		activate(rq, t, state == THREAD_NEW);
	else
		spin_unlock(&rq->lock);
	irq_restore(f);
	return woken;
}

void thread_kick(struct thread *t)
{
	irqflags_t f = irq_save();
	struct runq *rq = runq_lock_of(t);

	if (rq->current == t && rq->cpu != cpu_id())
		smp_reschedule(rq->cpu);
	spin_unlock_irqrestore(&rq->lock, f);
}

/* --- settings --- */

/* => t's run queue locked */
static void set_weight_locked(struct runq *rq, struct thread *t, int policy, int nice)
{
	if (rq->current == t)
		account_current(rq);
	t->policy = policy;
	t->nice = nice;
	t->weight = fair_weight(policy, nice);
}

void sched_set_nice(struct thread *t, int nice)
{
	irqflags_t f = irq_save();
	struct runq *rq = runq_lock_of(t);

	set_weight_locked(rq, t, t->policy, nice);
	spin_unlock_irqrestore(&rq->lock, f);
}

void sched_set_policy(struct thread *t, int policy, bool reset_on_fork)
{
	irqflags_t f = irq_save();
	struct runq *rq = runq_lock_of(t);

	set_weight_locked(rq, t, policy, t->nice);
	t->reset_on_fork = reset_on_fork;
	spin_unlock_irqrestore(&rq->lock, f);
}

void sched_inherit(struct thread *t, const struct thread *parent)
{
	t->policy = parent->policy;
	t->nice = parent->reset_on_fork ? max(parent->nice, 0) : parent->nice;
	t->weight = fair_weight(t->policy, t->nice);
	t->affinity = parent->affinity;
}

/* The run queue, locked, of a thread that is not in transit. => interrupts off */
static struct runq *lock_settled(struct thread *t)
{
	for (;;) {
		struct runq *rq = runq_lock_of(t);

		if (t->state != THREAD_RUNNABLE || t->queued || rq->current == t)
			return rq;
		spin_unlock(&rq->lock);
		cpu_relax();
	}
}

void sched_set_affinity(struct thread *t, cpumask_t mask)
{
	irqflags_t f = irq_save();
	struct runq *rq = lock_settled(t);

	t->affinity = mask;
	if (t->queued && !may_stay(rq, t)) {
		fair_dequeue(rq, t);
		activate(rq, t, false);
	} else {
		if (rq->current == t && !may_stay(rq, t))
			runq_resched_locked(rq);
		spin_unlock(&rq->lock);
	}
	irq_restore(f);
	if (t == current_thread() && !(mask >> cpu_id() & 1))
		schedule();
}

/* --- idle, start-up --- */

static bool has_work(const struct runq *rq)
{
	return atomic_load_relaxed(&rq->nr_queued) ||
	       (atomic_load_relaxed(&rq->idle->flags) & THREAD_NEED_RESCHED);
}

/*
 * Work often comes at once: another CPU answers. To be woken out of a halt costs an interrupt, and
 * in a virtual machine much more (measured: a ping-pong between two CPUs in QEMU takes 10 us with
 * this and 67 us without), so it is worth looking for a moment. Who sets the flag looks at
 * `polling` after that, and we look at the flag after clearing `polling`: either the interrupt is
 * sent or the flag is seen.
 */
static void idle_poll(struct runq *rq)
{
	nsec_t end = clock_now() + IDLE_POLL;

	__atomic_store_n(&rq->polling, 1, __ATOMIC_SEQ_CST);
	for (u32 i = 1; !has_work(rq); i++) {
		if (i % LOOKS_PER_PAUSE)
			continue;
		cpu_relax();
		if (clock_now() >= end)
			break;
	}
	__atomic_store_n(&rq->polling, 0, __ATOMIC_SEQ_CST);
}

void sched_idle_loop(void)
{
	struct runq *rq = this_runq();

	assert(current_thread() == rq->idle);
	if (rq->cpu == 0)
		__atomic_store_n(&running, true, __ATOMIC_RELEASE);
	irq_enable();
	for (;;) {
		balance_enter_idle(rq->cpu);
		if (!rq->nr_queued)
			balance_pull(rq, 1);
		if (nr_cpus > 1)
			idle_poll(rq);
		irq_disable();
		if (!has_work(rq)) {
			cpu_idle_wait();
			continue;
		}
		irq_enable();
		schedule();
	}
}

void sched_init_cpu(void)
{
	u32 cpu = cpu_id();
	struct runq *rq = this_runq();
	struct thread *idle = thread_create_idle(cpu);

	spin_init_named(&rq->lock, RANK_RUNQUEUE, "runq");
	rq->cpu = cpu;
	rq->idle = rq->current = idle;
	rq->tree.root = NULL;
	rq->first = NULL;
	rq->nr_queued = 0;
	rq->polling = 0;
	rq->min_vruntime = NSEC_PER_SEC; /* above any advantage that is subtracted */
	rq->busy = rq->idle_time = rq->user = rq->system = 0;
	rq->user_samples = rq->system_samples = rq->switches = 0;
	idle->stamp = clock_now();
	this_cpu_write8(current_thread_ptr, idle);
	timer_init_cpu();
	timer_init(&rq->tick, tick);
	rq->tick.cpu = cpu;
	balance_add_cpu(cpu);
}

void sched_init(void)
{
	thread_init();
	sched_init_cpu();
}

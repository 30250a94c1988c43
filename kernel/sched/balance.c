/* SPDX-License-Identifier: MIT */
/*
 * Which CPU runs a thread. Work finds idle CPUs in three ways:
 *
 *	a wake-up goes to an idle CPU, the thread's last one if that is idle;
 *	a CPU that runs out of work pulls from the longest queue before it halts;
 *	the tick of a CPU where threads wait rouses an idle one, which then pulls; while all are
 *	busy it evens the queues out.
 *
 * The third catches what the first two miss: a thread queued in the moment between a CPU's last
 * look and its halt waits for one tick at most.
 *
 * idle_cpus and active_cpus are atomic masks. Run queues' locks one at a time.
 */
#include "arch/smp.h"
#include "sched/runq.h"

#define BALANCE_PERIOD (50 * NSEC_PER_MSEC)
#define PULL_SCAN      8 /* queued threads looked at for one that may come here */

static cpumask_t active_cpus; /* have a run queue */
static cpumask_t idle_cpus;   /* have nothing to run, and are not promised anything */

static u64 bit(u32 cpu)
{
	return 1UL << cpu;
}

void balance_add_cpu(u32 cpu)
{
	__atomic_fetch_or(&active_cpus, bit(cpu), __ATOMIC_SEQ_CST);
}

cpumask_t balance_cpus(void)
{
	return atomic_load_relaxed(&active_cpus);
}

void balance_enter_idle(u32 cpu)
{
	if (!(atomic_load_relaxed(&idle_cpus) & bit(cpu)))
		__atomic_fetch_or(&idle_cpus, bit(cpu), __ATOMIC_SEQ_CST);
}

void balance_leave_idle(u32 cpu)
{
	if (atomic_load_relaxed(&idle_cpus) & bit(cpu))
		__atomic_fetch_and(&idle_cpus, ~bit(cpu), __ATOMIC_SEQ_CST);
}

/* Promises the idle CPU to the caller's thread: false if another was quicker. */
static bool claim_idle(u32 cpu)
{
	return __atomic_fetch_and(&idle_cpus, ~bit(cpu), __ATOMIC_SEQ_CST) & bit(cpu);
}

u32 balance_choose_cpu(const struct thread *t)
{
	cpumask_t allowed = t->affinity & atomic_load_relaxed(&active_cpus);
	cpumask_t idle = atomic_load_relaxed(&idle_cpus) & allowed;

	while (idle) {
		u32 cpu = idle & bit(t->cpu) ? t->cpu : (u32)__builtin_ctzl(idle);

		if (claim_idle(cpu))
			return cpu;
		idle &= ~bit(cpu);
	}
	if (!allowed || (allowed & bit(t->cpu)))
		return t->cpu;
	return (u32)__builtin_ctzl(allowed);
}

static struct runq *longest_queue(u32 but, u32 at_least)
{
	struct runq *longest = NULL;
	u32 cpu;

	for_each_cpu (cpu, atomic_load_relaxed(&active_cpus)) {
		u32 nr = atomic_load_relaxed(&cpu_runq(cpu)->nr_queued);

		if (cpu != but && nr >= at_least) {
			longest = cpu_runq(cpu);
			at_least = nr + 1;
		}
	}
	return longest;
}

/* Takes a thread that may run on `cpu` off the queue: in transit to there. */
static struct thread *take_for_cpu(struct runq *from, u32 cpu)
{
	irqflags_t f = spin_lock_irqsave(&from->lock);
	struct thread *t = from->first;

	for (u32 i = 0; t && !(t->affinity & bit(cpu)); i++) {
		struct rb_node *next = i < PULL_SCAN ? rb_next(&t->run_node) : NULL;

		t = next ? rb_entry(next, struct thread, run_node) : NULL;
	}
	if (t) {
		fair_dequeue(from, t);
		fair_leave(from, t);
		atomic_store(&t->cpu, cpu);
	}
	spin_unlock_irqrestore(&from->lock, f);
	return t;
}

bool balance_pull(struct runq *rq, u32 at_least)
{
	struct runq *from = longest_queue(rq->cpu, at_least);
	struct thread *t = from ? take_for_cpu(from, rq->cpu) : NULL;
	irqflags_t f;

	if (!t)
		return false;
	f = spin_lock_irqsave(&rq->lock);
	fair_join(rq, t);
	fair_enqueue(rq, t);
	spin_unlock_irqrestore(&rq->lock, f);
	return true;
}

void balance_tick(struct runq *rq, nsec_t now)
{
	cpumask_t idle = atomic_load_relaxed(&idle_cpus);

	if (rq->nr_queued && idle) {
		smp_reschedule((u32)__builtin_ctzl(idle));
	} else if (now >= rq->balance_at) {
		rq->balance_at = now + BALANCE_PERIOD;
		balance_pull(rq, rq->nr_queued + 1);
	}
}

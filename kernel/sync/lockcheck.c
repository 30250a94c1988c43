/* SPDX-License-Identifier: MIT */
/*
 * The lock-order checker for sleeping locks (DEBUG=1). They belong to a thread, so each thread
 * keeps the list of those that it holds (thread->held). The order is lock_ranks.h; a wrong one
 * panics the first time that it is tried, whether or not another thread is there to deadlock with.
 *
 * might_sleep() and might_fault() stand at the head of everything that can sleep on a rare path, so
 * that a call from the wrong place dies in the first debug run.
 */
#include "debug/panic.h"
#include "sched/sched.h"
#include "sync/lockcheck.h"
#include "sync/spinlock.h"

#ifdef CONFIG_DEBUG

static void note_held(struct thread *t, const void *lock, u32 rank, const char *name)
{
	if (t->nr_held == MAX_HELD_LOCKS)
		panic("lock order: %s holds more than %u sleeping locks, %s the last", t->name,
			t->nr_held, name);
	t->held[t->nr_held].lock = lock;
	t->held[t->nr_held].rank = rank;
	t->held[t->nr_held].name = name;
	t->nr_held++;
}

void lockcheck_acquire(const void *lock, u32 rank, const char *name, bool nested)
{
	struct thread *t = current_thread();

	for (u32 i = 0; i < t->nr_held; i++) {
		if (t->held[i].lock == lock)
			panic("lock order: %s takes %s (%p) twice", t->name, name, lock);
		if (t->held[i].rank > rank || (t->held[i].rank == rank && !nested))
			panic("lock order: taking %s (rank %u) while holding %s (rank %u)", name,
				rank, t->held[i].name, t->held[i].rank);
	}
	note_held(t, lock, rank, name);
}

void lockcheck_acquired_try(const void *lock, u32 rank, const char *name)
{
	note_held(current_thread(), lock, rank, name);
}

void lockcheck_release(const void *lock, const char *name)
{
	struct thread *t = current_thread();
	u32 i = t->nr_held;

	while (i && t->held[i - 1].lock != lock)
		i--;
	if (!i)
		panic("lock order: %s releases %s, which it does not hold", t->name, name);
	for (t->nr_held--; i <= t->nr_held; i++)
		t->held[i - 1] = t->held[i];
}

void lockcheck_none_held(const char *where)
{
	struct thread *t = current_thread();

	if (t->nr_held)
		panic("lock order: %s: %s still holds %s", where, t->name,
			t->held[t->nr_held - 1].name);
}

void might_sleep(void)
{
	const char *lock = spin_debug_held_name();

	if (!sched_is_running())
		return;
	if (lock)
		panic("might_sleep: the spinlock %s is held", lock);
	if (in_interrupt() || !irqs_enabled())
		panic("might_sleep: in an interrupt handler, or with interrupts off");
}

void might_fault(void)
{
	struct thread *t = current_thread();

	might_sleep();
	for (u32 i = 0; i < t->nr_held; i++)
		if (t->held[i].rank >= RANK_MM)
			panic("might_fault: copying from or to user memory while holding %s (rank "
			      "%u)",
				t->held[i].name, t->held[i].rank);
}

#endif

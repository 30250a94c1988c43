/* SPDX-License-Identifier: MIT */
/*
 * Reader/writer semaphores. count is made of
 *
 *	bits 0..28     readers (for a moment also those who are about to find that they must wait)
 *	RWSEM_WAITING  the queue is not empty
 *	RWSEM_WRITER   a writer holds it
 *
 * A reader adds 1 and is done if neither bit is set: one atomic instruction; unlocking subtracts 1.
 * Whoever must wait first spins for a moment, about as long as falling asleep and being woken would
 * take: most holders are done by then. Else it joins one first-come-first-served queue, and while
 * that is not empty nobody overtakes it, nor spins: neither readers nor writers starve. Ownership is
 * given by the one who unlocks (grant_locked), so that a woken thread has nothing to try again.
 *
 * Invariant, under s->waitq.lock: RWSEM_WAITING is set if and only if the queue is not empty; the
 * first of the queue cannot be granted. Whatever could change the second (the last reader leaves,
 * the writer leaves, a tentative reader withdraws) with RWSEM_WAITING set takes the lock and calls
 * grant_locked().
 */
#include "sync/rwsem.h"
#include "arch/clock.h"
#include "arch/cpu.h"
#include "debug/assert.h"
#include "sync/lockcheck.h"

#define RWSEM_WRITER  (1 << 30)
#define RWSEM_WAITING (1 << 29)
#define RWSEM_READERS (RWSEM_WAITING - 1)

struct rwsem_waiter {
	struct waiter w; /* its thread and link */
	bool writer;
	bool granted; /* the queue's lock */
};

void rwsem_init_named(struct rwsem *s, enum lock_rank rank, const char *name)
{
	atomic_set(&s->count, 0);
	s->writer = NULL;
	waitq_init(&s->waitq);
	s->rank = rank;
	s->name = name;
}

bool rwsem_is_write_held(const struct rwsem *s)
{
	return __atomic_load_n(&s->writer, __ATOMIC_RELAXED) == current_thread();
}

bool rwsem_is_held(const struct rwsem *s)
{
	return atomic_read(&s->count) & (RWSEM_WRITER | RWSEM_READERS);
}

static void set_writer(struct rwsem *s, struct thread *t)
{
	__atomic_store_n(&s->writer, t, __ATOMIC_RELAXED);
}

static bool replace_count(struct rwsem *s, s32 from, s32 to)
{
	return __atomic_compare_exchange_n(
		&s->count.v, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* Gives the semaphore to this waiter if the count permits it now. */
static bool grant_one_locked(struct rwsem *s, struct rwsem_waiter *rw)
{
	s32 count = atomic_read(&s->count);

	if (count & RWSEM_WRITER)
		return false;
	if (!rw->writer) {
		atomic_add_return(&s->count, 1); /* no writer can come: the queue is not empty */
		return true;
	}
	if ((count & RWSEM_READERS) || !replace_count(s, count, count | RWSEM_WRITER))
		return false; /* the reader that is in the way comes here again */
	set_writer(s, rw->w.thread);
	return true;
}

/* Lets in from the head of the queue all that may enter. */
static void grant_locked(struct rwsem *s)
{
	while (!list_empty(&s->waitq.waiters)) {
		struct rwsem_waiter *rw =
			list_first(&s->waitq.waiters, struct rwsem_waiter, w.link);

		if (!grant_one_locked(s, rw))
			return;
		list_remove(&rw->w.link);
		rw->granted = true;
		thread_wake(rw->w.thread);
	}
	__atomic_fetch_and(&s->count.v, ~RWSEM_WAITING, __ATOMIC_SEQ_CST);
}

static void grant(struct rwsem *s)
{
	irqflags_t f = spin_lock_irqsave(&s->waitq.lock);

	grant_locked(s);
	spin_unlock_irqrestore(&s->waitq.lock, f);
}

/* Queues the current thread and sleeps until it has been let in. => the lock held with flags f;
 * released */
static void wait_for_grant(struct rwsem *s, bool writer, irqflags_t f)
{
	struct rwsem_waiter rw = { .w.thread = current_thread(), .writer = writer };

	list_append(&s->waitq.waiters, &rw.w.link);
	__atomic_fetch_or(&s->count.v, RWSEM_WAITING, __ATOMIC_SEQ_CST);
	grant_locked(s);
	while (!rw.granted) {
		thread_set_state(THREAD_BLOCKED);
		spin_unlock_irqrestore(&s->waitq.lock, f);
		thread_sleep();
		f = spin_lock_irqsave(&s->waitq.lock);
	}
	spin_unlock_irqrestore(&s->waitq.lock, f);
}

/* --- spinning --- */

#define SPIN_NSEC (50 * NSEC_PER_USEC)

/* Looks at the count until none of `bits` is set: true. False: it took too long, or somebody waits
 * already, or no other CPU could change it. */
static bool spin_until_clear(struct rwsem *s, s32 bits)
{
	nsec_t deadline = clock_now() + SPIN_NSEC;
	s32 count;

	if (nr_cpus == 1)
		return false;
	while ((count = atomic_read(&s->count)) & bits) {
		if ((count & RWSEM_WAITING) || clock_now() >= deadline)
			return false;
		cpu_relax();
	}
	return !(count & RWSEM_WAITING);
}

static bool spin_for_write(struct rwsem *s)
{
	while (spin_until_clear(s, RWSEM_WRITER | RWSEM_READERS))
		if (replace_count(s, 0, RWSEM_WRITER))
			return true;
	return false;
}

/* The caller has added itself to the readers, but a writer holds the semaphore or somebody waits.
 * If the writer leaves while nobody waits, the caller is in. */
static void __noinline read_lock_slow(struct rwsem *s)
{
	irqflags_t f;

	if (spin_until_clear(s, RWSEM_WRITER))
		return;
	f = spin_lock_irqsave(&s->waitq.lock);
	if (!(atomic_read(&s->count) & (RWSEM_WRITER | RWSEM_WAITING))) {
		spin_unlock_irqrestore(&s->waitq.lock, f); /* they left meanwhile */
		return;
	}
	atomic_add_return(&s->count, -1);
	wait_for_grant(s, false, f);
}

void rwsem_read_lock(struct rwsem *s)
{
	might_sleep();
	lockcheck_acquire(s, s->rank, s->name, false);
	if (unlikely(atomic_add_return(&s->count, 1) & (RWSEM_WRITER | RWSEM_WAITING)))
		read_lock_slow(s);
}

bool rwsem_read_trylock(struct rwsem *s)
{
	s32 count;

	while (count = atomic_read(&s->count), !(count & (RWSEM_WRITER | RWSEM_WAITING)))
		if (replace_count(s, count, count + 1)) {
			lockcheck_acquired_try(s, s->rank, s->name);
			return true;
		}
	return false;
}

void rwsem_read_unlock(struct rwsem *s)
{
	s32 count;

	lockcheck_release(s, s->name);
	count = atomic_add_return(&s->count, -1);
	if (unlikely((count & RWSEM_WAITING) && !(count & RWSEM_READERS)))
		grant(s);
}

static void write_lock_common(struct rwsem *s, bool nested)
{
	might_sleep();
	lockcheck_acquire(s, s->rank, s->name, nested);
	if (likely(replace_count(s, 0, RWSEM_WRITER)) || spin_for_write(s))
		set_writer(s, current_thread());
	else
		wait_for_grant(s, true, spin_lock_irqsave(&s->waitq.lock));
}

void rwsem_write_lock(struct rwsem *s)
{
	write_lock_common(s, false);
}

void rwsem_write_lock_nested(struct rwsem *s)
{
	write_lock_common(s, true);
}

bool rwsem_write_trylock(struct rwsem *s)
{
	if (!replace_count(s, 0, RWSEM_WRITER))
		return false;
	set_writer(s, current_thread());
	lockcheck_acquired_try(s, s->rank, s->name);
	return true;
}

void rwsem_write_unlock(struct rwsem *s)
{
	debug_assert(rwsem_is_write_held(s));
	lockcheck_release(s, s->name);
	set_writer(s, NULL);
	if (likely(replace_count(s, RWSEM_WRITER, 0)))
		return;
	__atomic_fetch_and(&s->count.v, ~RWSEM_WRITER, __ATOMIC_SEQ_CST);
	grant(s);
}

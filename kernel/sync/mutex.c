/* SPDX-License-Identifier: MIT */
/*
 * Mutexes. The owner word holds the owning thread's address and two bits:
 *
 *	0                      free, nobody waits: taken and released by one compare-and-exchange
 *	thread                 held
 *	[thread] | WAITERS     somebody is on the queue: unlocking is slow and wakes the first
 *	[thread] | HANDOFF     the first waiter was woken once and found the mutex taken again: the
 *	                       next unlock gives it to that waiter, and nobody else can take it
 *
 * So a running thread may overtake those who wait, which saves a switch for every lock operation,
 * but each waiter is overtaken for one wake-up only: nobody starves.
 *
 * Invariant: the bits change only under m->waitq.lock; WAITERS is set while the queue is not empty.
 * During early boot the boot thread is the current thread, so mutexes work; there is nobody to wait
 * for.
 */
#include "debug/assert.h"
#include "sync/lockcheck.h"
#include "sync/mutex.h"

#define WAITERS    1UL
#define HANDOFF    2UL
#define OWNER_BITS (WAITERS | HANDOFF)

void mutex_init_named(struct mutex *m, enum lock_rank rank, const char *name)
{
	m->owner = NULL;
	waitq_init(&m->waitq);
	m->rank = rank;
	m->name = name;
}

static u64 owner_word(const struct mutex *m)
{
	return (u64)__atomic_load_n(&m->owner, __ATOMIC_RELAXED);
}

static bool replace_owner(struct mutex *m, u64 from, u64 to)
{
	struct thread *expected = (struct thread *)from;

	return __atomic_compare_exchange_n(&m->owner, &expected, (struct thread *)to, false,
		__ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

bool mutex_is_mine(const struct mutex *m)
{
	return (owner_word(m) & ~OWNER_BITS) == (u64)current_thread();
}

/* Takes the mutex if it is free, keeping the bits; one that is being handed over is not. */
static bool take_if_free(struct mutex *m, u64 me)
{
	u64 word;

	while (word = owner_word(m), !(word & ~OWNER_BITS) && !(word & HANDOFF))
		if (replace_owner(m, word, word | me))
			return true;
	return false;
}

static struct waiter *first_waiter(struct mutex *m)
{
	return list_first(&m->waitq.waiters, struct waiter, link);
}

/* May this waiter have it now? Either it was given to us, or it is free and not promised to
 * another. */
static bool acquire_queued_locked(struct mutex *m, struct waiter *w)
{
	u64 me = (u64)w->thread, word = owner_word(m);

	if ((word & ~OWNER_BITS) == me)
		return true;
	if (word & ~OWNER_BITS)
		return false;
	if ((word & HANDOFF) && first_waiter(m) != w)
		return false;
	return replace_owner(m, word, me | WAITERS);
}

static void set_bits_locked(struct mutex *m, u64 bits)
{
	__atomic_fetch_or((u64 *)&m->owner, bits, __ATOMIC_SEQ_CST);
}

/* A waiter leaves the queue; the bits are right for those who stay. A promise to it goes to the
 * next unlock's first. */
static void leave_queue_locked(struct mutex *m, struct waiter *w)
{
	list_remove(&w->link);
	__atomic_fetch_and((u64 *)&m->owner, list_empty(&m->waitq.waiters) ? ~OWNER_BITS : ~HANDOFF,
		__ATOMIC_SEQ_CST);
}

static void wake_first_locked(struct mutex *m)
{
	if (!list_empty(&m->waitq.waiters))
		thread_wake(first_waiter(m)->thread);
}

/* 0 or -ERESTARTSYS. */
static int lock_slow(struct mutex *m, bool interruptible)
{
	struct waiter w = { .thread = current_thread() };
	irqflags_t f = spin_lock_irqsave(&m->waitq.lock);
	bool woken = false;
	int err = 0;

	list_append(&m->waitq.waiters, &w.link);
	set_bits_locked(m, WAITERS);
	for (;;) {
		thread_set_state(interruptible ? THREAD_INTERRUPTIBLE : THREAD_BLOCKED);
		if (acquire_queued_locked(m, &w))
			break;
		if (interruptible && thread_signal_pending()) {
			err = -ERESTARTSYS;
			break;
		}
		if (woken && first_waiter(m) == &w)
			set_bits_locked(m, HANDOFF);
		spin_unlock_irqrestore(&m->waitq.lock, f);
		thread_sleep();
		woken = true;
		f = spin_lock_irqsave(&m->waitq.lock);
	}
	thread_set_state(THREAD_RUNNABLE);
	leave_queue_locked(m, &w);
	if (err) /* the wake-up may have been for us */
		wake_first_locked(m);
	spin_unlock_irqrestore(&m->waitq.lock, f);
	return err;
}

static int lock_common(struct mutex *m, bool nested, bool interruptible)
{
	u64 me = (u64)current_thread();
	int err;

	might_sleep();
	lockcheck_acquire(m, m->rank, m->name, nested);
	if (likely(replace_owner(m, 0, me)) || take_if_free(m, me))
		return 0;
	err = lock_slow(m, interruptible);
	if (err)
		lockcheck_release(m, m->name);
	return err;
}

void mutex_lock(struct mutex *m)
{
	(void)lock_common(m, false, false);
}

void mutex_lock_nested(struct mutex *m)
{
	(void)lock_common(m, true, false);
}

int mutex_lock_interruptible(struct mutex *m)
{
	return lock_common(m, false, true);
}

bool mutex_trylock(struct mutex *m)
{
	if (!take_if_free(m, (u64)current_thread()))
		return false;
	lockcheck_acquired_try(m, m->rank, m->name);
	return true;
}

static void unlock_slow(struct mutex *m)
{
	irqflags_t f = spin_lock_irqsave(&m->waitq.lock);
	u64 word = owner_word(m);

	if (list_empty(&m->waitq.waiters))
		__atomic_store_n(&m->owner, NULL, __ATOMIC_RELEASE);
	else if (word & HANDOFF)
		__atomic_store_n(&m->owner,
			(struct thread *)((u64)first_waiter(m)->thread | WAITERS),
			__ATOMIC_RELEASE);
	else
		__atomic_store_n(&m->owner, (struct thread *)WAITERS, __ATOMIC_RELEASE);
	wake_first_locked(m);
	spin_unlock_irqrestore(&m->waitq.lock, f);
}

void mutex_unlock(struct mutex *m)
{
	debug_assert(mutex_is_mine(m));
	lockcheck_release(m, m->name);
	if (unlikely(!replace_owner(m, (u64)current_thread(), 0)))
		unlock_slow(m);
}

/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks, test-and-test-and-set. Interrupts stay enabled under spin_lock(), so that a CPU which
 * spins still answers TLB shootdowns; a lock that an interrupt handler takes is always taken by the
 * irqsave form. The holder must not sleep. DEBUG=1: ranks are checked, and the owner.
 */
#pragma once

#include "arch/cpu.h"
#include "sync/lock_ranks.h"

struct spinlock {
	u32 locked;
#ifdef CONFIG_DEBUG
	u32 rank;
	u32 owner; /* cpu + 1 */
	u32 usage; /* how it was taken so far: spinlock.c */
	const char *name;
#endif
};

#ifdef CONFIG_DEBUG
#define SPINLOCK_INIT(lock_name, lock_rank)                                                        \
	{                                                                                          \
		.rank = (lock_rank), .name = #lock_name                                            \
	}
/* before spinning: panics on a wrong order */
void spin_debug_acquire(struct spinlock *l, bool nested);
void spin_debug_acquired(struct spinlock *l);
void spin_debug_release(struct spinlock *l);
/* Panics if a spinlock is held (it is not allowed to sleep here) or interrupts are off. */
void might_sleep(void);
/* The same for a user copy: also if a lock of rank >= RANK_MM is held. */
void might_fault(void);
#else
#define SPINLOCK_INIT(lock_name, lock_rank)                                                        \
	{                                                                                          \
		0                                                                                  \
	}
static inline void spin_debug_acquire(struct spinlock *l, bool nested)
{
	(void)l, (void)nested;
}
static inline void spin_debug_acquired(struct spinlock *l)
{
	(void)l;
}
static inline void spin_debug_release(struct spinlock *l)
{
	(void)l;
}
static inline void might_sleep(void)
{
}
static inline void might_fault(void)
{
}
#endif

void spin_init_named(struct spinlock *l, enum lock_rank rank, const char *name);
#define spin_init(l, rank) spin_init_named(l, rank, #l)

void spin_lock_contended(struct spinlock *l);

static inline void spin_acquire(struct spinlock *l)
{
	if (unlikely(__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE)))
		spin_lock_contended(l);
	spin_debug_acquired(l);
}

static inline void spin_lock(struct spinlock *l)
{
	spin_debug_acquire(l, false);
	spin_acquire(l);
}

/* A second lock of the same rank, in an order that the caller's comment names. */
static inline void spin_lock_nested(struct spinlock *l)
{
	spin_debug_acquire(l, true);
	spin_acquire(l);
}

/* Takes the lock if it is free: false if not. No rank check: it cannot deadlock. */
static inline bool spin_trylock(struct spinlock *l)
{
	if (__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE))
		return false;
	spin_debug_acquired(l);
	return true;
}

static inline void spin_unlock(struct spinlock *l)
{
	spin_debug_release(l);
	__atomic_store_n(&l->locked, 0, __ATOMIC_RELEASE);
}

static inline irqflags_t spin_lock_irqsave(struct spinlock *l)
{
	irqflags_t f = irq_save();

	spin_lock(l);
	return f;
}

static inline void spin_unlock_irqrestore(struct spinlock *l, irqflags_t f)
{
	spin_unlock(l);
	irq_restore(f);
}

static inline bool spin_is_locked(const struct spinlock *l)
{
	return __atomic_load_n(&l->locked, __ATOMIC_RELAXED);
}

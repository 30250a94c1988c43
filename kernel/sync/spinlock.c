/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks: the contended path, and in DEBUG=1 builds the checker of the lock order.
 *
 * The checker keeps, per CPU, the stack of spinlocks held, and refuses, before spinning, what could
 * deadlock one day even if it does not today:
 *
 *	a lock taken twice, or out of the order of lock_ranks.h;
 *	a lock that interrupt handlers take, held with interrupts on: a handler would spin for ever;
 *	a lock that is elsewhere held with interrupts on, taken under one that handlers take: CPU A
 *	  holds the outer one and spins for the inner one, CPU B holds the inner one and its
 *	  handler spins for the outer one.
 *
 * A handler does not inherit the ranks of what it interrupted: the two rules about interrupts cover
 * that.
 *
 * Not here: sleeping locks, which belong to a thread and not to a CPU (lockcheck.c).
 */
#include "debug/panic.h"
#include "sync/spinlock.h"

void spin_init_named(struct spinlock *l, enum lock_rank rank, const char *name)
{
	l->locked = 0;
#ifdef CONFIG_DEBUG
	l->rank = rank;
	l->owner = 0;
	l->usage = 0;
	l->name = name;
#else
	(void)rank, (void)name;
#endif
}

/*
 * Looks a few times before each pause: locks are held for short, and QEMU's TCG leaves its
 * translated code at a pause and takes a lock of its own, which the CPU that is waited for may
 * need.
 */
#define LOOKS_PER_PAUSE 32

void spin_lock_contended(struct spinlock *l)
{
	do {
		for (u32 i = 1; __atomic_load_n(&l->locked, __ATOMIC_RELAXED); i++)
			if (i % LOOKS_PER_PAUSE == 0)
				cpu_relax();
	} while (__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE));
}

#ifdef CONFIG_DEBUG
#include "sync/lockcheck.h"

/* spinlock->usage */
#define TAKEN_IN_INTERRUPT 1u
#define HELD_WITH_IRQS_ON  2u

#define MAX_HELD_SPINLOCKS 16

struct held_spinlocks {
	u32 nr;
	struct {
		struct spinlock *lock;
		bool in_interrupt;
	} held[MAX_HELD_SPINLOCKS];
};

static DEFINE_PER_CPU(struct held_spinlocks, held_spinlocks);

static void check_against_held(struct spinlock *l, bool nested, bool in_intr, bool irqs_on)
{
	const struct held_spinlocks *hs = this_cpu_ptr(&held_spinlocks);

	for (u32 i = 0; i < hs->nr; i++) {
		const struct spinlock *h = hs->held[i].lock;

		if (h == l)
			panic("lock order: taking %s (%p), which this CPU holds", l->name,
				(void *)l);
		if ((h->usage & TAKEN_IN_INTERRUPT) && (irqs_on || (l->usage & HELD_WITH_IRQS_ON)))
			panic("lock order: %s is held with interrupts on, but taken under %s, "
			      "which "
			      "interrupt handlers take: use irqsave for both",
				l->name, h->name);
		if (hs->held[i].in_interrupt != in_intr || !h->rank || !l->rank)
			continue;
		if (h->rank > l->rank || (h->rank == l->rank && !nested))
			panic("lock order: taking %s (rank %u) while holding %s (rank %u)", l->name,
				l->rank, h->name, h->rank);
	}
}

void spin_debug_acquire(struct spinlock *l, bool nested)
{
	irqflags_t f = irq_save();
	bool in_intr = in_interrupt();
	bool irqs_on = irqs_enabled_in(f);
	u32 usage = (in_intr ? TAKEN_IN_INTERRUPT : 0) | (irqs_on ? HELD_WITH_IRQS_ON : 0);

	check_against_held(l, nested, in_intr, irqs_on);
	if (usage & ~l->usage)
		usage |= __atomic_or_fetch(&l->usage, usage, __ATOMIC_RELAXED);
	else
		usage = l->usage;
	if (usage == (TAKEN_IN_INTERRUPT | HELD_WITH_IRQS_ON))
		panic("lock order: %s is taken by interrupt handlers and also held with interrupts "
		      "on",
			l->name);
	irq_restore(f);
}

void spin_debug_acquired(struct spinlock *l)
{
	irqflags_t f = irq_save();
	struct held_spinlocks *hs = this_cpu_ptr(&held_spinlocks);

	if (hs->nr == MAX_HELD_SPINLOCKS)
		panic("lock order: more than %u spinlocks held, %s the last", hs->nr, l->name);
	hs->held[hs->nr].lock = l;
	hs->held[hs->nr].in_interrupt = in_interrupt();
	hs->nr++;
	l->owner = cpu_id() + 1;
	irq_restore(f);
}

/* Locks need not be released in the reverse order, but by the CPU that took them. */
void spin_debug_release(struct spinlock *l)
{
	irqflags_t f = irq_save();
	struct held_spinlocks *hs = this_cpu_ptr(&held_spinlocks);
	u32 i = hs->nr;

	if (!l->locked || l->owner != cpu_id() + 1)
		panic("lock order: releasing %s, which this CPU does not hold", l->name);
	while (i && hs->held[i - 1].lock != l)
		i--;
	if (!i)
		panic("lock order: %s is not in the list of locks held", l->name);
	for (hs->nr--; i <= hs->nr; i++)
		hs->held[i - 1] = hs->held[i];
	l->owner = 0;
	irq_restore(f);
}

const char *spin_debug_held_name(void)
{
	const struct held_spinlocks *hs = this_cpu_ptr(&held_spinlocks);

	return hs->nr ? hs->held[hs->nr - 1].lock->name : NULL;
}
#endif

// SPDX-License-Identifier: MIT
/*
 * The page lock: one bit, and queues shared by hash, so that a page needs no room for waiters.
 *
 * Who waits queues itself, sets PG_WAITERS and only then looks at the bit that it waits for; who
 * ends the state clears that bit and PG_WAITERS in one atomic step and wakes the queue if
 * PG_WAITERS was set. So no wake-up is lost, an unlock that nobody waits for is one instruction,
 * and the page is not touched after it is unlocked: it may be gone. Woken waiters that still have
 * to wait set PG_WAITERS again.
 *
 * Not a mutex: an interrupt handler unlocks what the reader of a page locked. So nobody owns it,
 * and the lock checker sees the order in which it is taken, but not how long it is held.
 */
#include "lib/hash.h"
#include "mm/pagecache.h"
#include "mm/pagelock.h"
#include "sync/lockcheck.h"

#define NR_QUEUES 64

static struct waitq queues[NR_QUEUES];

static struct waitq *queue_of(const struct page *p)
{
	return &queues[hash_u64((u64)p) % NR_QUEUES];
}

void pagelock_init(void)
{
	for (u32 i = 0; i < NR_QUEUES; i++)
		waitq_init(&queues[i]);
}

/* Is the state over? If not, its end will wake us. */
static bool is_over(struct page *p, u32 flag)
{
	page_set(p, PG_WAITERS);
	return !page_test(p, flag);
}

static bool try_or_announce(struct page *p)
{
	page_set(p, PG_WAITERS);
	return !page_test_and_set(p, PG_LOCKED);
}

bool page_trylock(struct page *p)
{
	return !page_test_and_set(p, PG_LOCKED);
}

/* Pages of disks are locked under filesystems' own locks; the rank is for the checker only. */
static u32 page_rank(const struct page *p)
{
	const struct mapping *m = p->mapping;

	return m && m->flags & MAPPING_BDEV ? RANK_DISK_PAGE : RANK_PAGE;
}

void page_lock(struct page *p)
{
	might_sleep();
	lockcheck_acquire(p, page_rank(p), "page lock", true);
	lockcheck_release(p, "page lock");
	if (!page_trylock(p))
		wait_event(queue_of(p), try_or_announce(p));
}

void pagelock_end_state(struct page *p, u32 flag)
{
	u16 old = __atomic_fetch_and(&p->flags, (u16) ~(flag | PG_WAITERS), __ATOMIC_SEQ_CST);

	debug_assert(old & flag);
	if (unlikely(old & PG_WAITERS))
		waitq_wake_all(queue_of(p));
}

void page_unlock(struct page *p)
{
	pagelock_end_state(p, PG_LOCKED);
}

void page_wait_locked(struct page *p)
{
	if (page_test(p, PG_LOCKED))
		wait_event(queue_of(p), is_over(p, PG_LOCKED));
}

void page_wait_writeback(struct page *p)
{
	if (page_test(p, PG_WRITEBACK))
		wait_event(queue_of(p), is_over(p, PG_WRITEBACK));
}

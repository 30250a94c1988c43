/* SPDX-License-Identifier: MIT */
/*
 * Which cache pages were used lately: two lists, second chance. Pages are on one of them while they
 * are in the cache, except those that have no disk (PG_SWAPBACKED).
 */
#pragma once

#include "mm/page.h"

/* A page that has just entered the cache. The caller holds a reference. */
void lru_add(struct page *p);
/* A page that is no mapping's any more. Race: who unlocks it at this very moment (lru_munlock) has
 * perhaps seen its mapping, and puts it on a list; with the lock taken on both sides it is found
 * there, or sees that there is no mapping. => the caller holds a reference */
void lru_leave_cache(struct page *p);
/* A page that is freed leaves the list that it is on, if any. */
void lru_remove(struct page *p);
/* It was used. Cheap: anybody, any time. */
static inline void lru_touch(struct page *p)
{
	if (!page_test(p, PG_REFERENCED))
		page_set(p, PG_REFERENCED);
}
/* Moves it to the active list: reclaim found it in use. */
void lru_activate(struct page *p);
/* It is said to be unused (MADV_COLD): counts as not used since the last look, and is inactive. */
void lru_deactivate(struct page *p);
/* The pages of a list that were not used for longest, up to nr, each with a reference for the
 * caller; they move to the other end of the list, so that the next call finds others. Returns their
 * number. */
enum lru_list {
	LRU_INACTIVE,
	LRU_ACTIVE
};
u32 lru_take_oldest(enum lru_list which, struct page **pages, u32 nr);
/* Moves pages that were not used since the last look from the active list to the inactive one, if
 * that has become short. */
void lru_balance(u32 nr);

/* One entry more or less of a VMA with VMA_LOCKED maps this page (private, shared or of a file):
 * while there is any, the page is on no list, and reclaim does not find it. => pt_lock held */
void lru_mlock(struct page *p);
void lru_munlock(struct page *p);
static inline bool page_is_mlocked(const struct page *p)
{
	return (__atomic_load_n(&p->flags, __ATOMIC_RELAXED) & (PG_LRU | PG_ACTIVE)) == PG_ACTIVE;
}

/* Follows both lists: a page whose flags do not say that it is on this one, or (the last) with which
 * the list is not as long as counted; 0: none. (Checking.) */
pfn_t lru_find_bad(void);

struct lru_stats {
	u64 active, inactive;       /* pages */
	u64 mlocked;                /* pages, of any kind, that lru_mlock() holds */
	u64 looked_at, deactivated; /* since boot: by lru_balance() */
};
void lru_get_stats(struct lru_stats *st);
void lru_init(void);

/* SPDX-License-Identifier: MIT */
/*
 * MADV_FREE: private pages whose contents nobody needs. They stay until memory is short; a store
 * cancels it. The states of such a page are drawn in lazyfree.c.
 */
#pragma once

#include "mm/gather.h"

/* Makes the private pages of [start, end), a part of v, lazy. Pages that v's mm shares with a
 * relative are left alone. => mm->lock held; pt_lock not held; may sleep */
void lazyfree_range(struct gather *g, struct vma *v, vaddr_t start, vaddr_t end);
/* Frees those of [start, end) that are lazy and were not stored to. => the same */
void lazyfree_drop_range(struct gather *g, struct vma *v, vaddr_t start, vaddr_t end);
/* Frees up to nr pages that are lazy and were not stored to, the oldest first. Returns how many.
 * Waits for no lock. => no spinlock held */
u64 lazyfree_reclaim(u64 nr);

/* Is this private page on the list? */
static inline bool page_is_lazy(const struct page *p)
{
	return (p->flags & (PG_ANON | PG_LRU)) == (PG_ANON | PG_LRU);
}
/* It is to be kept after all (fork: two address spaces map it now), or it is being freed. */
void lazyfree_take_off(struct page *p);
static inline void lazyfree_cancel(struct page *p)
{
	if (unlikely(page_is_lazy(p)))
		lazyfree_take_off(p);
}
/* Its entry moves to addr (mremap). => pt_lock held */
static inline void lazyfree_moved(struct page *p, vaddr_t addr)
{
	if (unlikely(page_is_lazy(p)))
		page_set_index(p, addr >> PAGE_SHIFT);
}

struct lazyfree_stats {
	u64 pages;         /* on the list now */
	u64 marked, freed; /* since boot */
};
void lazyfree_get_stats(struct lazyfree_stats *st);

/* SPDX-License-Identifier: MIT */
/* Taking mapped pages out of page tables. */
#pragma once

#include "mm/gather.h"
#include "mm/pagecache.h"

enum zap_what {
	ZAP_ALL,
	ZAP_CACHE, /* only pages of the cache: private copies stay (a hole was punched, reclaim) */
};

/* Clears the entries of [start, end), which lies in vma, and gathers what they mapped. True if
 * there is any page table in the range. Costs by the tables that exist. => vma cannot go away
 * (mm->lock, or its mapping's rmap_lock); pt_lock not held; may sleep if `may_sleep` */
bool zap_range(struct gather *g, struct vma *vma, vaddr_t start, vaddr_t end, enum zap_what what,
	bool may_sleep);

/* One cache page is mapped by one entry more or less. => pt_lock held; more: also the mapping's
 * lock, or the page's */
static inline void page_map_inc(struct page *p)
{
	if (atomic_add_return(&p->maps, 1) == 1)
		pagecache_count_mapped(1);
}

static inline void page_map_dec(struct page *p)
{
	if (atomic_dec_and_test(&p->maps))
		pagecache_count_mapped(-1);
}

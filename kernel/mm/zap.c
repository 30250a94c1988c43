// SPDX-License-Identifier: MIT
/*
 * Zapping: from present entries to none, for munmap, MADV_DONTNEED, truncation (through rmap.c) and
 * exit. What was mapped goes to the gatherer, which frees it after the TLBs are flushed:
 *
 *	entry maps              then
 *	a private copy          map count and RSS down, frame gathered
 *	a page of the cache     the same, and the page was used if the entry says so (its dirtiness is known already: it was
 *	                        marked when the entry was made writable)
 *	the zero page, device   only the range is gathered: they are not counted
 *
 * Not here: freeing page tables (mmap.c: it knows the neighbours).
 * Locks: takes pt_lock.
 */
#include "mm/lru.h"
#include "mm/zap.h"
#include "sched/sched.h"

/* Entries cleared, by kind: added to the mm's counters once, at the end. */
struct zap_counts {
	s64 anon, file, shmem;
};

static void count_page(struct zap_counts *c, struct page *p, pte_t old)
{
	if (p->flags & PG_ANON) {
		c->anon++;
		atomic_dec_and_test(&p->maps);
		return;
	}
	if (p->flags & PG_SWAPBACKED)
		c->shmem++;
	else
		c->file++;
	if (pte_young(old))
		lru_touch(p);
	page_map_dec(p);
}

/* VMAs of these kinds are not as all others: what a device's map is not counted, and of locked ones'
 * each entry is. */
#define VMA_SPECIAL (VMA_DEVICE | VMA_LOCKED)

static void zap_entry(
	struct gather *g, struct zap_counts *c, u32 special, pte_t *slot, vaddr_t addr)
{
	pte_t old = pte_exchange(slot, 0);
	pfn_t pfn = pte_pfn(old);
	struct page *p = pfn_to_page(pfn);

	if (unlikely((special & VMA_DEVICE) || p == zero_page)) {
		gather_range(g, addr, addr + PAGE_SIZE);
		return;
	}
	if (unlikely(special))
		lru_munlock(p);
	count_page(c, p, old);
	gather_page(g, addr, pfn);
}

/* Is it an entry of a cache page, and of no other? */
static bool maps_cache_page(u32 special, pte_t pte)
{
	const struct page *p = pfn_to_page(pte_pfn(pte));

	return !(special & VMA_DEVICE) && p != zero_page && !(p->flags & PG_ANON);
}

static void zap_span(struct gather *g, struct zap_counts *c, const struct vma *v,
	struct pt_span *span, enum zap_what what)
{
	u32 special = v->flags & VMA_SPECIAL;

	for (u64 i = 0; i < span->nr; i++) {
		pte_t pte = pte_get(&span->pte[i]);

		if (pte_none(pte))
			i += pt_count_empty(&span->pte[i + 1], span->nr - i - 1);
		else if (what == ZAP_ALL || maps_cache_page(special, pte))
			zap_entry(g, c, special, &span->pte[i], span->addr + (i << PAGE_SHIFT));
	}
}

/* => pt_lock held */
static void subtract(struct mm *mm, const struct zap_counts *c)
{
	mm_note_peak_rss(mm);
	mm_add_rss(&mm->rss_anon, -c->anon);
	mm_add_rss(&mm->rss_file, -c->file);
	mm_add_rss(&mm->rss_shmem, -c->shmem);
}

bool zap_range(struct gather *g, struct vma *vma, vaddr_t start, vaddr_t end, enum zap_what what,
	bool may_sleep)
{
	struct mm *mm = vma->mm;
	struct zap_counts counts = { 0 };
	struct pt_span span;
	bool any = false;

	spin_lock(&mm->pt_lock);
	while (pt_next_span(&mm->mmu, start, end, &span)) {
		any = true;
		zap_span(g, &counts, vma, &span, what);
		start = span.addr + (span.nr << PAGE_SHIFT);
		if (!may_sleep || start >= end)
			continue;
		subtract(mm, &counts);
		counts = (struct zap_counts){ 0 };
		gather_end_stores(g, vma);
		spin_unlock(&mm->pt_lock);
		cond_resched();
		spin_lock(&mm->pt_lock);
	}
	if (any)
		subtract(mm, &counts);
	gather_end_stores(g, vma);
	spin_unlock(&mm->pt_lock);
	return any;
}

// SPDX-License-Identifier: MIT
/*
 * MADV_FREE. A private page becomes lazy: its entry keeps the frame, but is clean from then on, and
 * the page goes on a list of those that may be taken first when memory is short.
 *
 *	lazy page, entry clean    -> memory is short: entry emptied, TLBs flushed, frame freed; reads as zeros
 *	lazy page, stored to      -> the CPU has set D in the entry: the page leaves the list, and stays
 *	lazy page, forked         -> two map it: off the list (lazyfree_cancel)
 *	lazy page, unmapped       -> off the list when its frame is freed (lru_remove)
 *
 * Invariant: a page with PG_ANON and PG_LRU is on the list; its owner is the one mm that maps it,
 * its index the virtual page. Who takes the list's lock may use the owner of a page on the list: an
 * mm that still has a page lives.
 *
 * Locks: pt_lock, then list_lock. lazyfree_reclaim() comes from the other side, from the list to the
 * page table, and only tries.
 */
#include "arch/tlb.h"
#include "mm/lazyfree.h"
#include "sched/sched.h"

#define RECLAIM_BATCH 32

static struct spinlock list_lock = SPINLOCK_INIT(list_lock, RANK_LRU);
static struct page_list list; /* first: newest */
static struct lazyfree_stats stats;

void lazyfree_get_stats(struct lazyfree_stats *st)
{
	*st = stats;
	st->pages = atomic_load_relaxed(&list.count);
}

/* => list_lock held */
static void take_off(struct page *p)
{
	page_list_remove(&list, p);
	page_clear(p, PG_LRU);
	p->owner = NULL;
}

void lazyfree_take_off(struct page *p)
{
	spin_lock(&list_lock);
	if (page_is_lazy(p))
		take_off(p);
	spin_unlock(&list_lock);
}

/* --- marking --- */

/* => list_lock held */
static void put_on(struct page *p, struct mm *mm, vaddr_t addr)
{
	if (page_is_lazy(p))
		page_list_remove(&list, p);
	page_set(p, PG_LRU);
	p->owner = mm;
	page_set_index(p, addr >> PAGE_SHIFT);
	page_list_push(&list, p);
	stats.marked++;
}

/* The page that this entry alone maps, and nobody else looks at; NULL: none. => pt_lock held */
static struct page *sole_private_page(pte_t pte)
{
	struct page *p = pfn_to_page(pte_pfn(pte));

	if (!pte_present(pte) || !page_test(p, PG_ANON) || atomic_read(&p->refs) != 1)
		return NULL;
	return p;
}

/* => pt_lock and list_lock held */
static void mark_entry(struct gather *g, pte_t *slot, vaddr_t addr)
{
	pte_t pte = pte_get(slot);
	struct page *p = sole_private_page(pte);

	if (!p)
		return;
	if (pte_dirty(pte) || pte_young(pte)) {
		__atomic_fetch_and(slot, pte_mkclean(pte_mkold(~0UL)), __ATOMIC_SEQ_CST);
		gather_range(g, addr, addr + PAGE_SIZE); /* the next store is to set D again */
	}
	put_on(p, g->mm, addr);
}

void lazyfree_range(struct gather *g, struct vma *v, vaddr_t start, vaddr_t end)
{
	struct mm *mm = v->mm;
	struct pt_span span;

	spin_lock(&mm->pt_lock);
	while (pt_next_span(&mm->mmu, start, end, &span)) {
		spin_lock(&list_lock);
		for (u64 i = 0; i < span.nr; i++)
			mark_entry(g, &span.pte[i], span.addr + (i << PAGE_SHIFT));
		spin_unlock(&list_lock);
		start = span.addr + (span.nr << PAGE_SHIFT);
		spin_unlock(&mm->pt_lock);
		cond_resched();
		spin_lock(&mm->pt_lock);
	}
	spin_unlock(&mm->pt_lock);
}

/* --- freeing --- */

/* Empties the entry if p, which it mapped when it became lazy, was not stored to since. True: the
 * entry's reference is the caller's. => pt_lock held */
static bool empty_entry(struct mm *mm, pte_t *slot, struct page *p)
{
	pte_t pte = slot ? pte_get(slot) : 0;

	if (sole_private_page(pte) != p || pte_dirty(pte))
		return false;
	pte = pte_exchange(slot, 0);
	if (unlikely(pte_dirty(pte))) { /* stored to at this very moment */
		pte_set(slot, pte);
		return false;
	}
	mm_note_peak_rss(mm);
	mm_add_rss(&mm->rss_anon, -1);
	atomic_dec_and_test(&p->maps);
	return true;
}

void lazyfree_drop_range(struct gather *g, struct vma *v, vaddr_t start, vaddr_t end)
{
	struct mm *mm = v->mm;
	struct pt_span span;

	spin_lock(&mm->pt_lock);
	while (pt_next_span(&mm->mmu, start, end, &span)) {
		for (u64 i = 0; i < span.nr; i++) {
			pte_t pte = pte_get(&span.pte[i]);
			struct page *p = pte_present(pte) ? pfn_to_page(pte_pfn(pte)) : NULL;

			if (!p || !page_is_lazy(p) || !empty_entry(mm, &span.pte[i], p))
				continue;
			gather_page(g, span.addr + (i << PAGE_SHIFT), page_to_pfn(p));
			__atomic_fetch_add(&stats.freed, 1, __ATOMIC_RELAXED);
		}
		start = span.addr + (span.nr << PAGE_SHIFT);
		spin_unlock(&mm->pt_lock);
		cond_resched();
		spin_lock(&mm->pt_lock);
	}
	spin_unlock(&mm->pt_lock);
}

/* Pages of one mm, taken out of its page table but not yet flushed. */
struct batch {
	struct mm *mm;
	u32 nr;
	vaddr_t start, end;
	struct page *pages[RECLAIM_BATCH];
};

/* The oldest pages, as many of one mm as follow each other. => list_lock and that mm's pt_lock
 * held */
static void fill_batch(struct batch *b)
{
	for (u32 i = 0; i < RECLAIM_BATCH; i++) {
		struct page *p = page_list_last(&list);
		vaddr_t addr;

		if (!p || p->owner != b->mm)
			return;
		addr = page_index(p) << PAGE_SHIFT;
		take_off(p);
		if (!empty_entry(b->mm, pt_find(&b->mm->mmu, addr), p))
			continue;
		b->pages[b->nr++] = p;
		b->start = min(b->start, addr);
		b->end = max(b->end, addr + PAGE_SIZE);
	}
}

/* The oldest page's mm, its page table locked; NULL: the list is empty, or the page table is busy,
 * and then others are the oldest now. => list_lock held */
static struct mm *lock_oldest_owner(void)
{
	struct page *p = page_list_last(&list);
	struct mm *mm;

	if (!p)
		return NULL;
	mm = p->owner;
	if (spin_trylock(&mm->pt_lock))
		return mm;
	page_list_remove(&list, p);
	page_list_push(&list, p);
	return NULL;
}

static u64 reclaim_batch(void)
{
	struct batch b = { .start = ~0UL };

	spin_lock(&list_lock);
	b.mm = lock_oldest_owner();
	if (b.mm) {
		fill_batch(&b);
		if (!b.nr)
			spin_unlock(&b.mm->pt_lock);
	}
	spin_unlock(&list_lock);
	/* No entry was there: the mm may be at its end, and was alive only by the list's lock. */
	if (!b.nr)
		return 0;
	/* Who unmaps the entries that we emptied waits for the page table: so long the mm lives. */
	tlb_flush_range(&b.mm->mmu, b.start, b.end, false);
	spin_unlock(&b.mm->pt_lock);
	for (u32 i = 0; i < b.nr; i++)
		page_put(b.pages[i]);
	__atomic_fetch_add(&stats.freed, b.nr, __ATOMIC_RELAXED);
	return b.nr;
}

u64 lazyfree_reclaim(u64 nr)
{
	u64 budget = atomic_load_relaxed(&list.count) + 1, freed = 0;

	/* A batch takes a page off the list, or moves one to its other end. */
	while (freed < nr && budget-- && atomic_load_relaxed(&list.count)) {
		freed += reclaim_batch();
		cond_resched();
	}
	return freed;
}

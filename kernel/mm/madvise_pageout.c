// SPDX-License-Identifier: MIT
/*
 * MADV_COLD and MADV_PAGEOUT: a process says which of its pages will not be used soon.
 *
 *	page                             COLD                       PAGEOUT
 *	of a file on a disk              unused since the last      unmapped, written if dirty, freed
 *	                                 look, inactive
 *	private, lazy (MADV_FREE)        unused                     freed, unless it was stored to
 *	private; shared without a disk   unused                     stays: there is no swap
 *	mapped by others as well         stays as it is             stays as it is
 *
 * Locks: mm->lock for reading and pt_lock to find pages; PAGEOUT gives both up before it waits for
 * the disk.
 */
#include "lib/err.h"
#include "mm/lazyfree.h"
#include "mm/lru.h"
#include "mm/madvise_pageout.h"
#include "mm/reclaim.h"
#include "sched/sched.h"

#define BATCH 32

/* The page that this entry and no other maps; NULL: none. => pt_lock held */
static struct page *sole_page(pte_t pte)
{
	struct page *p = pfn_to_page(pte_pfn(pte));

	return pte_present(pte) && p != zero_page && atomic_read(&p->maps) == 1 ? p : NULL;
}

/* --- COLD --- */

static void cool_entry(struct gather *g, pte_t *slot, vaddr_t addr)
{
	pte_t pte = pte_get(slot);
	struct page *p = sole_page(pte);

	if (!p)
		return;
	if (pte_young(pte)) {
		__atomic_fetch_and(slot, pte_mkold(~0UL), __ATOMIC_SEQ_CST);
		gather_range(g, addr, addr + PAGE_SIZE); /* the next access is to set A again */
	}
	if (!page_test(p, PG_ANON))
		lru_deactivate(p);
}

void pageout_cold(struct gather *g, struct vma *v, vaddr_t start, vaddr_t end)
{
	struct mm *mm = v->mm;
	struct pt_span span;

	spin_lock(&mm->pt_lock);
	while (pt_next_span(&mm->mmu, start, end, &span)) {
		for (u64 i = 0; i < span.nr; i++)
			cool_entry(g, &span.pte[i], span.addr + (i << PAGE_SHIFT));
		start = span.addr + (span.nr << PAGE_SHIFT);
		spin_unlock(&mm->pt_lock);
		cond_resched();
		spin_lock(&mm->pt_lock);
	}
	spin_unlock(&mm->pt_lock);
}

/* --- PAGEOUT --- */

struct pageout {
	vaddr_t at, end; /* what is still to be done */
	bool hole;
	u32 nr;
	struct page *pages[BATCH]; /* to go, with references */
};

/* Collects pages of files from v, from po->at up to `stop`, until the batch is full; po->at moves
 * on. */
static void collect(struct pageout *po, struct vma *v, vaddr_t stop)
{
	struct mm *mm = v->mm;
	struct pt_span span;

	spin_lock(&mm->pt_lock);
	while (po->nr < BATCH && pt_next_span(&mm->mmu, po->at, stop, &span)) {
		u64 i;

		for (i = 0; i < span.nr && po->nr < BATCH; i++) {
			struct page *p = sole_page(pte_get(&span.pte[i]));

			if (!p || page_test(p, PG_ANON | PG_SWAPBACKED))
				continue;
			page_get(p);
			po->pages[po->nr++] = p;
		}
		po->at = span.addr + (i << PAGE_SHIFT);
	}
	spin_unlock(&mm->pt_lock);
	if (po->nr < BATCH)
		po->at = stop;
}

/* A file's pages may be sent away by its owner, and by who may write it. */
static bool may_page_out(const struct vma *v)
{
	return v->mapping && (!v->file_ops->is_ours || v->file_ops->is_ours(v->file));
}

/* One VMA's part, or as much of it as a batch holds. */
static int page_out_vma(struct pageout *po, struct vma *v)
{
	vaddr_t stop = min(v->end, po->end);
	struct gather g;

	if (v->flags & (VMA_LOCKED | VMA_DEVICE | VMA_HUGETLB))
		return -EINVAL;
	if (!(v->flags & VMA_SHARED)) {
		gather_begin(&g, v->mm);
		lazyfree_drop_range(&g, v, po->at, stop);
		gather_plant(&g, PLANT_PAGEOUT);
		gather_finish(&g);
	}
	if (may_page_out(v))
		collect(po, v, stop);
	else
		po->at = stop;
	return 0;
}

int pageout_range(struct mm *mm, vaddr_t start, vaddr_t end)
{
	struct pageout po = { .at = start, .end = end };
	int err = 0;

	while (!err && po.at < end) {
		struct vma *v;

		rwsem_read_lock(&mm->lock);
		v = vma_first_in(&mm->vmas, po.at, end);
		if (v) {
			po.hole |= v->start > po.at;
			po.at = max(po.at, v->start);
			err = page_out_vma(&po, v);
		}
		rwsem_read_unlock(&mm->lock);
		if (!v)
			return -ENOMEM;
		reclaim_page_out(po.pages, po.nr);
		po.nr = 0;
		cond_resched();
	}
	return err ? err : po.hole ? -ENOMEM : 0;
}

// SPDX-License-Identifier: MIT
/* Looking at an address space from outside: what /proc/PID/maps, smaps and pagemap show. */
#include "arch/tlb.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/lazyfree.h"
#include "mm/zap.h"

void mm_for_each_vma(struct mm *mm, bool (*fn)(struct vma *vma, void *arg), void *arg)
{
	struct vma *v;

	rwsem_read_lock(&mm->lock);
	vma_for_each(v, &mm->vmas) if (!fn(v, arg)) break;
	rwsem_read_unlock(&mm->lock);
}

bool mm_vma_at_or_above(
	struct mm *mm, vaddr_t addr, bool (*fn)(struct vma *vma, void *arg), void *arg)
{
	struct vma *v;

	rwsem_read_lock(&mm->lock);
	v = vma_at_or_above(&mm->vmas, addr, NULL);
	for (; v && fn(v, arg); v = vma_next(v))
		;
	rwsem_read_unlock(&mm->lock);
	return v;
}

bool mm_copy_vma(struct mm *mm, vaddr_t start, vaddr_t end, struct vma *copy)
{
	struct vma *v;

	rwsem_read_lock(&mm->lock);
	v = vma_first_in(&mm->vmas, start, end);
	if (v) {
		*copy = *v;
		if (v->file)
			v->file_ops->get(v->file);
	}
	rwsem_read_unlock(&mm->lock);
	return v;
}

/* A page counts as private by what it is mapped by now: a page of a file that one process maps is
 * private, however it was mapped (proc(5)). */
static void count_entry(struct vma_usage *u, const struct vma *v, pte_t pte)
{
	struct page *p = pfn_to_page(pte_pfn(pte));
	bool dirty = pte_dirty(pte) || page_test(p, PG_DIRTY);
	u64 maps = (u64)max(atomic_read(&p->maps), 1), pss = (PAGE_SIZE << PSS_SHIFT) / maps;

	if (p == zero_page)
		return;
	u->rss++;
	u->pss += pss;
	if (dirty)
		u->pss_dirty += pss;
	if (v->flags & VMA_LOCKED)
		u->pss_locked += pss;
	if (maps > 1)
		dirty ? u->shared_dirty++ : u->shared_clean++;
	else
		dirty ? u->private_dirty++ : u->private_clean++;
	if (pte_young(pte) || page_test(p, PG_REFERENCED))
		u->referenced++;
	if (page_test(p, PG_ANON)) {
		u->anonymous++;
		u->lazy_free += page_is_lazy(p) && !pte_dirty(pte);
		u->pss_anon += pss;
	} else if (page_test(p, PG_SWAPBACKED)) {
		u->pss_shmem += pss;
	} else {
		u->pss_file += pss;
	}
}

void mm_vma_usage(struct vma *vma, struct vma_usage *u)
{
	struct mm *mm = vma->mm;
	vaddr_t addr = vma->start;
	struct pt_span span;

	if (vma->flags & VMA_DEVICE)
		return;
	spin_lock(&mm->pt_lock);
	while (pt_next_span(&mm->mmu, addr, vma->end, &span)) {
		for (u64 i = 0; i < span.nr; i++)
			if (pte_present(pte_get(&span.pte[i])))
				count_entry(u, vma, pte_get(&span.pte[i]));
		addr = span.addr + (span.nr << PAGE_SHIFT);
	}
	spin_unlock(&mm->pt_lock);
}

/* --- pagemap --- */

#define PM_EXCLUSIVE (1UL << 56)
#define PM_FILE      (1UL << 61)
#define PM_PRESENT   (1UL << 63)
#define PM_PFN_MASK  ((1UL << 55) - 1)

/* The zero page and the frames of devices are present, and nobody's. */
static u64 pagemap_entry(struct mm *mm, vaddr_t addr, pte_t pte, bool frames)
{
	u64 entry = PM_PRESENT | (frames ? pte_pfn(pte) & PM_PFN_MASK : 0);
	const struct vma *v = vma_find(&mm->vmas, addr);
	const struct page *p = pfn_to_page(pte_pfn(pte));

	if (!v || (v->flags & VMA_DEVICE) || p == zero_page)
		return entry;
	if (!page_test(p, PG_ANON))
		entry |= PM_FILE;
	if (atomic_read(&p->maps) == 1)
		entry |= PM_EXCLUSIVE;
	return entry;
}

void mm_pagemap(struct mm *mm, vaddr_t addr, u32 nr, bool frames, u64 *entries)
{
	struct pt_span span;

	memset(entries, 0, nr * sizeof(*entries));
	rwsem_read_lock(&mm->lock);
	spin_lock(&mm->pt_lock);
	if (pt_next_span(&mm->mmu, addr, addr + nr * PAGE_SIZE, &span)) {
		for (u32 i = 0; i < span.nr; i++) {
			pte_t pte = pte_get(&span.pte[i]);

			if (pte_present(pte))
				entries[i] = pagemap_entry(mm, addr + i * PAGE_SIZE, pte, frames);
		}
	}
	spin_unlock(&mm->pt_lock);
	rwsem_read_unlock(&mm->lock);
}

/* --- clear_refs --- */

/* => pt_lock held */
static void clear_entry(pte_t *slot)
{
	pte_t pte = pte_get(slot);
	struct page *p = pfn_to_page(pte_pfn(pte));

	if (!pte_present(pte) || p == zero_page)
		return;
	__atomic_fetch_and(slot, pte_mkold(~0UL), __ATOMIC_SEQ_CST);
	page_clear(p, PG_REFERENCED);
}

/* => mm->lock held */
static void clear_vma(struct vma *v)
{
	struct mm *mm = v->mm;
	vaddr_t addr = v->start;
	struct pt_span span;

	spin_lock(&mm->pt_lock);
	while (pt_next_span(&mm->mmu, addr, v->end, &span)) {
		for (u64 i = 0; i < span.nr; i++)
			clear_entry(&span.pte[i]);
		addr = span.addr + (span.nr << PAGE_SHIFT);
	}
	spin_unlock(&mm->pt_lock);
}

void mm_clear_refs(struct mm *mm, enum mm_refs which)
{
	struct vma *v;

	rwsem_read_lock(&mm->lock);
	vma_for_each(v, &mm->vmas)
	{
		if ((v->flags & VMA_DEVICE) || (which == MM_REFS_ANON && v->file) ||
			(which == MM_REFS_FILE && !v->file))
			continue;
		clear_vma(v);
	}
	/* or a TLB that has the entry would keep the CPU from setting its bit again */
	tlb_flush_all(&mm->mmu);
	rwsem_read_unlock(&mm->lock);
}

void mm_reset_peak_rss(struct mm *mm)
{
	spin_lock(&mm->pt_lock);
	mm->rss_peak = mm_rss(mm);
	spin_unlock(&mm->pt_lock);
}

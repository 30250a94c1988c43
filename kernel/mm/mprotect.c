// SPDX-License-Identifier: MIT
/*
 * mprotect(2): VMA by VMA, the flags and then the entries. As on Linux, an error in the middle (a
 * hole, a right that the file's open mode forbids) leaves what came before changed.
 *
 *	entry                        becomes
 *	private page, ours alone     writable if the VMA is
 *	private page, shared by fork read-only: the write fault decides
 *	page of the cache            writable only if nobody wants to know of the first write (shared memory)
 *	zero page                    read-only
 *	any, for PROT_NONE           keeps its frame, permits nothing
 *
 * Entries that gain rights may stay in TLBs (the fault flushes them); ones that lose rights are
 * flushed together, before the lock is released.
 */
#include <linux/mman.h>
#include "lib/err.h"
#include "mm/edit.h"
#include "mm/fault.h"
#include "mm/mlock.h"

/* The rights that this entry of v may have now. */
static u32 rights_of_entry(const struct vma *v, pte_t pte)
{
	u32 rights = vma_rights(v);
	const struct page *p = pfn_to_page(pte_pfn(pte));
	bool writable;

	if (!(rights & PTE_WRITE_OK) || (v->flags & VMA_DEVICE))
		return rights;
	if (v->flags & VMA_SHARED)
		writable = pte_writable(pte) ||
			   (!mapping_has_disk(v->mapping) && page_test(p, PG_DIRTY));
	else
		writable = (p->flags & PG_ANON) && atomic_read(&p->refs) == 1;
	return writable ? rights : rights & ~PTE_WRITE_OK;
}

/* Does a TLB that still has `old` permit what `new` forbids? */
static bool loses_rights(pte_t old, pte_t new)
{
	return pte_accessible(old) &&
	       (!pte_accessible(new) || (pte_writable(old) && !pte_writable(new)) ||
		       (pte_executable(old) && !pte_executable(new)));
}

static void protect_entry(struct gather *g, const struct vma *v, pte_t *slot, vaddr_t addr)
{
	pte_t old = pte_get(slot), new, now;

	if (!pte_present(old))
		return;
	new = pte_modify(old, rights_of_entry(v, old));
	if (new == old)
		return;
	now = pte_exchange(slot, new);
	if (unlikely(now != old)) /* the CPU set A or D meanwhile */
		__atomic_fetch_or(slot, now & (X86_PTE_A | X86_PTE_D), __ATOMIC_SEQ_CST);
	if (loses_rights(old, new))
		gather_range(g, addr, addr + PAGE_SIZE);
}

struct protect_request {
	vaddr_t start, end;
	u32 prot;  /* VMA_READ, VMA_WRITE, VMA_EXEC */
	u64 grows; /* PROT_GROWSDOWN, PROT_GROWSUP: the range reaches to the VMA's start, end */
	bool read_implies_exec;
	/* Locked private memory that became writable lies here: copies shall be there, too. */
	vaddr_t copies_start, copies_end;
};

/* Brings the entries of [start, end), a part of v, in line with v's flags. */
static void protect_range(struct gather *g, struct vma *v, vaddr_t start, vaddr_t end)
{
	struct mm *mm = v->mm;
	struct pt_span span;

	spin_lock(&mm->pt_lock);
	while (pt_next_span(&mm->mmu, start, end, &span)) {
		for (u64 i = 0; i < span.nr; i++)
			protect_entry(g, v, &span.pte[i], span.addr + (i << PAGE_SHIFT));
		start = span.addr + (span.nr << PAGE_SHIFT);
	}
	gather_end_stores(g, v);
	spin_unlock(&mm->pt_lock);
}

/* nr_pages of v become writable: do they become data that the limits forbid (but what is over a
 * limit already may stay), is memory promised for them for the first time? 0 or -ENOMEM. */
static int admit_data(struct edit *e, const struct vma *v, u32 *flags, u64 nr_pages)
{
	const struct mm *mm = e->mm;

	if (!edit_may_expand(mm, *flags, nr_pages) && edit_may_expand(mm, v->flags, nr_pages))
		return -ENOMEM;
	if (v->flags & (VMA_ACCOUNT | VMA_WRITE | VMA_SHARED | VMA_NORESERVE))
		return 0;
	*flags |= VMA_ACCOUNT;
	return edit_charge(e, nr_pages);
}

/* One VMA's part [start, end). Returns the VMA that covers it now, or ERR_PTR. */
static struct vma *protect_vma(struct edit *e, struct gather *g, struct vma *v, vaddr_t start,
	vaddr_t end, struct protect_request *rq)
{
	u32 prot = rq->prot, flags;
	int err;

	if ((prot & VMA_READ) && rq->read_implies_exec && (v->flags & VMA_MAYEXEC))
		prot |= VMA_EXEC;
	flags = (v->flags & ~VMA_PROT_MASK) | prot;
	if ((prot << VMA_MAY_SHIFT) & ~flags)
		return ERR_PTR(-EACCES);
	if (flags == v->flags)
		return v;
	if (prot & VMA_WRITE) {
		err = admit_data(e, v, &flags, (end - start) >> PAGE_SHIFT);
		if (err)
			return ERR_PTR(err);
	}
	err = edit_reserve_flags(e, v, start, end, flags);
	if (err)
		return ERR_PTR(err);
	if ((v->flags & (VMA_LOCKED | VMA_WRITE | VMA_SHARED)) == VMA_LOCKED &&
		(flags & VMA_WRITE)) {
		rq->copies_start = min(rq->copies_start, start);
		rq->copies_end = end;
	}
	v = edit_set_flags(e, v, start, end, flags);
	protect_range(g, v, start, end);
	return v;
}

/* The first VMA to change; the range may grow to its start (PROT_GROWSDOWN). ERR_PTR */
static struct vma *first_vma(struct mm *mm, struct protect_request *rq)
{
	struct vma *v = vma_at_or_above(&mm->vmas, rq->start, NULL);

	if (!v)
		return ERR_PTR(-ENOMEM);
	if (rq->grows & PROT_GROWSDOWN) {
		if (v->start >= rq->end)
			return ERR_PTR(-ENOMEM);
		rq->start = v->start;
		return v->flags & VMA_GROWSDOWN ? v : ERR_PTR(-EINVAL);
	}
	if (v->start > rq->start)
		return ERR_PTR(-ENOMEM);
	return rq->grows ? ERR_PTR(-EINVAL) : v; /* nothing here grows up */
}

/* From rq->start on, which moves along: to the end. 0 or -errno: as far as it went, it is done. */
static int protect_locked(struct edit *e, struct protect_request *rq)
{
	struct vma *v = first_vma(e->mm, rq);
	struct gather g;
	int err = IS_ERR(v) ? (int)PTR_ERR(v) : 0;

	gather_begin(&g, e->mm);
	while (!err) {
		vaddr_t stop = min(v->end, rq->end);

		v = protect_vma(e, &g, v, rq->start, stop, rq);
		if (IS_ERR(v)) {
			err = (int)PTR_ERR(v);
			break;
		}
		rq->start = max(v->end,
			/* a merge may have swallowed what comes next, which then was as wished */
			stop);
		if (rq->start >= rq->end)
			break;
		v = vma_next(v);
		if (!v || v->start != rq->start)
			err = -ENOMEM;
	}
	gather_plant(&g, PLANT_MPROTECT);
	gather_finish(&g);
	return err;
}

static int protect_and_copy(struct mm *mm, struct protect_request *rq)
{
	struct edit e;
	int err;

	edit_begin(&e, mm);
	err = protect_locked(&e, rq);
	edit_end(&e);
	if (rq->copies_end)
		mm_populate_locked(mm, rq->copies_start, rq->copies_end);
	return err;
}

static s64 protect(struct mm *mm, vaddr_t addr, u64 len, u64 prot, bool read_implies_exec)
{
	u64 grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
	struct protect_request rq = { .start = addr,
		.end = addr + page_align_up(len),
		.prot = (u32)prot & VMA_PROT_MASK,
		.grows = grows,
		.read_implies_exec = read_implies_exec,
		.copies_start = ~0UL };

	if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || page_offset_in(addr))
		return -EINVAL;
	if (!len)
		return 0;
	if (rq.end <= addr)
		return -ENOMEM;
	if (prot & ~(u64)(VMA_PROT_MASK | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP))
		return -EINVAL;
	return protect_and_copy(mm, &rq);
}

s64 mm_protect(struct mm *mm, vaddr_t addr, u64 len, u64 prot)
{
	return protect(mm, addr, len, prot, false);
}

s64 mm_protect_implying_exec(struct mm *mm, vaddr_t addr, u64 len, u64 prot)
{
	return protect(mm, addr, len, prot, true);
}

// SPDX-License-Identifier: MIT
/*
 * Copy on write: a store to private memory whose entry is present and read-only.
 *
 *	the entry maps                        then
 *	a private page, ours alone            it becomes writable (the others have copied, or are gone)
 *	a private page that others map too    a copy of it
 *	a page of the file's cache            a copy of it
 *	the zero page                         a zeroed frame
 *
 * "Ours alone" is one reference: an entry holds one, and so does whoever looks at the page. Only an
 * entry of ours could be copied by fork, which needs mm->lock for writing; so what is one under
 * pt_lock stays one.
 */
#include "arch/tlb.h"
#include "mm/fault.h"
#include "mm/plant.h"
#include "mm/zap.h"

static bool is_ours_alone(const struct page *p)
{
	return (p->flags & PG_ANON) && atomic_read(&p->refs) == 1;
}

static enum fault_step reuse(struct fault *f, struct page *p)
{
	enum fault_step step;

	if (!fault_lock_entry(f, &step))
		return step;
	if (is_ours_alone(p)) {
		pte_set(f->slot, pte_mkdirty(pte_make(pte_pfn(f->seen), vma_rights(f->vma))));
		this_cpu_add8(fault_nr_reused, 1);
	}
	fault_unlock_entry(f);
	tlb_flush_page_local(f->addr);
	return FAULT_DONE;
}

/* A reference to what the entry maps. Under its lock, because without the frame may by now be a
 * slab's or a table's, and those are freed without asking who else has a reference. */
static bool get_mapped(struct fault *f, struct page *p)
{
	enum fault_step step;

	if (unlikely(!fault_lock_entry(f, &step)))
		return false;
	page_get(p);
	fault_unlock_entry(f);
	return true;
}

/* A frame with the contents of `old`, on which the caller has a reference (unless it is the zero
 * page). */
static struct page *make_copy(struct page *old)
{
	struct page *p;

	if (old == zero_page)
		return page_alloc(PAGE_ZEROED | PAGE_USER);
	p = page_alloc(PAGE_USER);
	if (likely(p))
		page_copy(p, old);
	return p;
}

/* The entry loses `old`. => entry locked */
static void drop_old(struct fault *f, struct page *old)
{
	struct mm *mm = f->mm;

	if (old == zero_page)
		return;
	if (unlikely(f->vma->flags & VMA_LOCKED))
		lru_munlock(old);
	if (old->flags & PG_ANON) {
		mm_add_rss(&mm->rss_anon, -1);
		atomic_dec_and_test(&old->maps);
	} else {
		mm_add_rss(old->flags & PG_SWAPBACKED ? &mm->rss_shmem : &mm->rss_file, -1);
		page_map_dec(old);
	}
}

/* Puts `copy` in the place of `old`. Between the two the entry is empty everywhere: no CPU may see
 * the new page while another one still reads the old. */
static enum fault_step replace(struct fault *f, struct page *old, struct page *copy)
{
	enum fault_step step;

	if (unlikely(!fault_lock_entry(f, &step))) {
		page_put(copy);
		return step;
	}
	pte_set(f->slot, 0);
	if (!is_planted_for(&f->mm->mmu, PLANT_COW))
		tlb_flush_range(&f->mm->mmu, f->addr, f->addr + PAGE_SIZE, false);
	drop_old(f, old);
	fault_set_private(f, copy);
	fault_unlock_entry(f);
	if (old != zero_page)
		page_put(old); /* the entry's */
	return FAULT_DONE;
}

enum fault_step cow_break(struct fault *f)
{
	struct page *old = pfn_to_page(pte_pfn(f->seen)), *copy;
	enum fault_step step = FAULT_NOMEM;

	if (is_ours_alone(old))
		return reuse(f, old);
	if (old != zero_page && !get_mapped(f, old))
		return FAULT_DONE;
	copy = make_copy(old);
	if (likely(copy))
		step = replace(f, old, copy);
	if (old != zero_page)
		page_put(old); /* ours */
	return step;
}

// SPDX-License-Identifier: MIT
/*
 * VMAs backed by zeros: private anonymous memory. A page that was only read is the shared zero
 * page, read-only and uncounted; a page that was written is a frame of its own, known to nobody but
 * the page table.
 */
#include "mm/fault.h"

static enum fault_step anon_read(struct fault *f)
{
	enum fault_step step;

	if (!fault_lock_entry(f, &step))
		return step;
	pte_set(f->slot, pte_make(page_to_pfn(zero_page), vma_rights(f->vma) & ~PTE_WRITE_OK));
	fault_unlock_entry(f);
	return FAULT_DONE;
}

static enum fault_step anon_write(struct fault *f)
{
	struct page *p = page_alloc(PAGE_ZEROED | PAGE_USER);
	enum fault_step step;

	if (unlikely(!p))
		return FAULT_NOMEM;
	if (unlikely(!fault_lock_entry(f, &step))) {
		page_put(p);
		return step;
	}
	fault_set_private(f, p);
	fault_unlock_entry(f);
	return FAULT_DONE;
}

static enum fault_step anon_fault(struct fault *f)
{
	if (!(f->access & FAULT_WRITE))
		return anon_read(f);
	if (pte_none(f->seen))
		return anon_write(f);
	return cow_break(f);
}

const struct vma_ops back_anon = { .name = "anon", .fault = anon_fault };

// SPDX-License-Identifier: MIT
/*
 * VMAs backed by the two pages of arch/vdso.h, [vvar] and [vdso]: the same frames for everybody, in
 * the kernel's image. Nothing is counted, and nothing can be written: unlike on Linux a debugger
 * cannot have its own copy of the code.
 */
#include "arch/vdso.h"
#include "lib/err.h"
#include "mm/fault.h"
#include "mm/mmap.h"

#define VVAR_PAGES 1
#define VDSO_PAGES 1

/* pgoff counts from the page of the data. */
static enum fault_step vdso_fault(struct fault *f)
{
	pfn_t first = virt_to_phys(&vdso_data) >> PAGE_SHIFT;
	enum fault_step step;

	if (!fault_lock_entry(f, &step))
		return step;
	pte_set(f->slot, pte_make(first + vma_pgoff_at(f->vma, f->addr),
				 vma_rights(f->vma) & ~PTE_WRITE_OK));
	fault_unlock_entry(f);
	return FAULT_DONE;
}

static const struct vma_ops back_vdso = { .name = "vdso", .fault = vdso_fault };

s64 mm_map_vdso(struct mm *mm, vaddr_t hint)
{
	struct vma part = { .mm = mm, .ops = &back_vdso };
	struct edit e;
	s64 place;
	int err;

	edit_begin(&e, mm);
	place = mmap_find_place(mm, hint, (VVAR_PAGES + VDSO_PAGES) * PAGE_SIZE);
	err = place < 0 ? (int)place : edit_reserve(&e, 2);
	if (!err) {
		part.start = (vaddr_t)place;
		part.end = part.start + VVAR_PAGES * PAGE_SIZE;
		part.flags = VMA_DEVICE | VMA_READ | VMA_MAYREAD;
		edit_add(&e, &part);
		part.start = part.end;
		part.end = part.start + VDSO_PAGES * PAGE_SIZE;
		part.pgoff = VVAR_PAGES;
		part.flags |= VMA_EXEC | VMA_MAYEXEC;
		edit_add(&e, &part);
	}
	edit_end(&e);
	return err ? err : (s64)part.start;
}

bool mm_vma_is_vdso(const struct vma *v)
{
	return v->ops == &back_vdso && v->pgoff >= VVAR_PAGES;
}

const char *mm_vma_vdso_name(const struct vma *v)
{
	if (v->ops != &back_vdso)
		return NULL;
	return mm_vma_is_vdso(v) ? "[vdso]" : "[vvar]";
}

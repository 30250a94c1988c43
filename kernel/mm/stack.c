// SPDX-License-Identifier: MIT
/*
 * Stacks: VMAs that grow down when something below them is touched, to RLIMIT_STACK, and not into
 * the guard gap above the VMA below.
 *
 *	[ other ]      <- 256 pages, never used ->  |<- grows | stack ]
 */
#include "arch/user.h"
#include "lib/err.h"
#include "mm/edit.h"
#include "mm/fault.h"
#include "mm/mlock.h"

/* What exec gives at first: arguments and a little more, as Linux has it. */
#define INITIAL_SIZE (33 * PAGE_SIZE)

static bool is_accessible(const struct vma *v)
{
	return v->flags & VMA_PROT_MASK;
}

/* Is there a place for a stack that begins at addr, with prev below it? */
static bool has_place(const struct vma *prev, vaddr_t addr)
{
	if (addr < mm_min_addr)
		return false;
	return !prev || (prev->flags & VMA_GROWSDOWN) || !is_accessible(prev) ||
	       addr - prev->end >= STACK_GUARD_GAP;
}

/* May the stack v be so large that it begins at addr? */
static bool is_within_limits(struct edit *e, const struct vma *v, vaddr_t addr)
{
	u64 nr_pages = (v->start - addr) >> PAGE_SHIFT;

	return v->end - addr <= current_limit(RLIMIT_STACK) && v->pgoff >= nr_pages &&
	       mlock_may_grow(e->mm, v->flags, nr_pages) && !edit_admit(e, v->flags, nr_pages);
}

/* What wants to grow counts as memory that was written to, as on Linux. */
static bool may_grow(struct edit *e, struct vma *v, const struct vma *prev, vaddr_t addr)
{
	if (!(v->flags & VMA_GROWSDOWN) || !has_place(prev, addr))
		return false;
	vma_mark_private(v);
	return is_within_limits(e, v, addr);
}

bool stack_grow(struct mm *mm, vaddr_t addr)
{
	struct edit e;
	struct vma *v, *prev;
	bool grown = false;

	addr = page_align_down(addr);
	edit_begin(&e, mm);
	v = vma_at_or_above(&mm->vmas, addr, &prev);
	if (v && v->start <= addr) {
		grown = true; /* another thread was here first */
	} else if (v && may_grow(&e, v, prev, addr)) {
		edit_resize(&e, v, addr, v->end);
		grown = true;
	}
	edit_end(&e);
	return grown;
}

int mm_setup_stack(struct mm *mm, vaddr_t top, bool executable)
{
	struct vma v = { .mm = mm,
		.start = top - INITIAL_SIZE,
		.end = top,
		.flags = VMA_READ | VMA_WRITE | (executable ? VMA_EXEC : 0) | VMA_MAY_MASK |
			 VMA_GROWSDOWN | VMA_STACK | VMA_ACCOUNT,
		.ops = &back_anon };
	struct edit e;
	int err;

	v.pgoff = v.start >> PAGE_SHIFT;
	edit_begin(&e, mm);
	err = edit_reserve(&e, 1);
	if (!err)
		err = edit_admit(&e, v.flags, vma_pages(&v));
	if (!err && vma_first_in(&mm->vmas, v.start, v.end))
		err = -ENOMEM;
	if (!err) {
		edit_add(&e, &v);
		mm->start_stack = top - 1;
	}
	edit_end(&e);
	return err;
}

// SPDX-License-Identifier: MIT
/*
 * brk(2): the heap is an ordinary private mapping behind the program's data, and so may be cut,
 * protected and merged like any other; only its end is remembered here.
 */
#include "arch/user.h"
#include "mm/edit.h"
#include "mm/fault.h"
#include "mm/mmap.h"

#define HEAP_FLAGS (VMA_READ | VMA_WRITE | VMA_MAY_MASK | VMA_ACCOUNT)

static bool grow(struct edit *e, vaddr_t from, vaddr_t to)
{
	struct mm *mm = e->mm;
	struct vma *next = vma_at_or_above(&mm->vmas, from, NULL);
	struct vma heap = { .mm = mm,
		.start = from,
		.end = to,
		.flags = HEAP_FLAGS,
		.ops = &back_anon,
		.pgoff = from >> PAGE_SHIFT };

	/* A page stays free between the heap and what is above. */
	if (to >= USER_END || (next && to + PAGE_SIZE > vma_start_with_guard(next)))
		return false;
	if (mm->vmas.count > MAX_MAP_COUNT ||
		edit_check_limits(mm, HEAP_FLAGS, (to - from) >> PAGE_SHIFT, 0))
		return false;
	if (edit_reserve(e, 1))
		return false;
	edit_add(e, &heap);
	return true;
}

static bool shrink(struct edit *e, vaddr_t from, vaddr_t to)
{
	if (edit_reserve_carve(e, to, from, 0))
		return false;
	edit_unmap(e, to, from);
	return true;
}

/* => mm->lock held for writing */
static bool move_end(struct edit *e, vaddr_t brk)
{
	struct mm *mm = e->mm;
	vaddr_t from = page_align_up(mm->brk), to = page_align_up(brk);

	if (brk < mm->brk_start || brk >= USER_END)
		return false;
	if (brk - mm->brk_start + (mm->end_data - mm->start_data) > mm->limits.data)
		return false;
	if (to == from)
		return true;
	return to > from ? grow(e, from, to) : shrink(e, from, to);
}

vaddr_t mm_set_brk(struct mm *mm, vaddr_t brk)
{
	struct edit e;

	edit_begin(&e, mm);
	if (move_end(&e, brk))
		mm->brk = brk;
	brk = mm->brk;
	edit_end(&e);
	return brk;
}

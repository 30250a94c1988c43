// SPDX-License-Identifier: MIT
/*
 * brk(2): the heap is an ordinary private mapping behind the program's data, and so may be cut,
 * protected and merged like any other; only its end is remembered here.
 */
#include "arch/user.h"
#include "mm/edit.h"
#include "mm/fault.h"
#include "mm/mlock.h"
#include "mm/mmap.h"

static bool grow(struct edit *e, vaddr_t from, vaddr_t to, u32 prot)
{
	struct mm *mm = e->mm;
	struct vma *next = vma_at_or_above(&mm->vmas, from, NULL);
	struct vma heap = { .mm = mm,
		.start = from,
		.end = to,
		.flags = prot | VMA_MAY_MASK | VMA_ACCOUNT | mm->lock_future,
		.ops = &back_anon,
		.pgoff = from >> PAGE_SHIFT };

	/* A page stays free between the heap and what is above. */
	if (to >= USER_END || (next && to + PAGE_SIZE > vma_start_with_guard(next)))
		return false;
	if (!mlock_may_grow(mm, heap.flags, vma_pages(&heap)) ||
		mm->vmas.count > mm_max_map_count || edit_admit(e, heap.flags, vma_pages(&heap)) ||
		edit_reserve(e, 1))
		return false;
	/* As on Linux, what the program has without initial values (.bss) does not become the heap. */
	if (from == page_align_up(mm->brk_start))
		edit_add_apart(e, &heap);
	else
		edit_add(e, &heap);
	return true;
}

/* As on Linux, the end stays where it is if nothing is mapped that would go. */
static bool shrink(struct edit *e, vaddr_t from, vaddr_t to)
{
	struct vma *v = vma_at_or_above(&e->mm->vmas, to, NULL);

	if (!v || v->start >= from)
		return false;
	if (edit_reserve_carve(e, to, from, 0))
		return false;
	edit_unmap(e, to, from);
	return true;
}

/* => mm->lock held for writing */
static bool move_end(struct edit *e, vaddr_t brk, u32 prot)
{
	struct mm *mm = e->mm;
	vaddr_t from = page_align_up(mm->brk), to = page_align_up(brk);

	if (brk < mm->brk_start || brk >= USER_END)
		return false;
	if (brk - mm->brk_start + (mm->end_data - mm->start_data) > current_limit(RLIMIT_DATA))
		return false;
	if (to == from)
		return true;
	return to > from ? grow(e, from, to, prot) : shrink(e, from, to);
}

static vaddr_t set_brk(struct mm *mm, vaddr_t brk, u32 prot)
{
	vaddr_t old;
	bool populate;
	struct edit e;

	edit_begin(&e, mm);
	old = mm->brk;
	if (move_end(&e, brk, prot))
		mm->brk = brk;
	brk = mm->brk;
	populate = brk > old && (mm->lock_future & VMA_LOCKED);
	edit_end(&e);
	if (populate)
		mm_populate(mm, page_align_up(old), page_align_up(brk) - page_align_up(old));
	return brk;
}

vaddr_t mm_set_brk(struct mm *mm, vaddr_t brk)
{
	return set_brk(mm, brk, VMA_READ | VMA_WRITE);
}

vaddr_t mm_set_brk_implying_exec(struct mm *mm, vaddr_t brk)
{
	return set_brk(mm, brk, VMA_READ | VMA_WRITE | VMA_EXEC);
}

// SPDX-License-Identifier: MIT
/*
 * mremap(2): the cases, in the order in which they are tried.
 *
 *	MREMAP_FIXED, MREMAP_DONTUNMAP    move to new_addr (freed first), or to where there is room
 *	smaller                           unmap the end
 *	the same                          nothing
 *	larger, room behind               grow in place
 *	larger, MREMAP_MAYMOVE            move to where there is room
 *
 * A move takes the entries from one place of the page table to the other; the frames stay. Tables
 * for the new place are made beforehand (plan), so that the move itself cannot fail.
 */
#include <linux/mman.h>
#include "arch/tlb.h"
#include "arch/user.h"
#include "lib/err.h"
#include "mm/edit.h"
#include "mm/fault.h"
#include "mm/lazyfree.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/plant.h"
#include "mm/rmap.h"
#include "sched/cred.h"

struct remap {
	struct edit e;
	vaddr_t old, new;
	u64 old_len, new_len; /* bytes, whole pages */
	u64 flags;
	vaddr_t populate_from; /* a locked mapping grew here; 0: no */
};

/* The VMA at r->old, if it may become new_len long. ERR_PTR. (Linux's vma_to_resize) */
static struct vma *check_vma(struct remap *r)
{
	struct vma *v = vma_find(&r->e.mm->vmas, r->old);
	u64 more;

	if (!v)
		return ERR_PTR(-EFAULT);
	if (!r->old_len && !(v->flags & VMA_SHARED))
		return ERR_PTR(-EINVAL);
	if ((r->flags & MREMAP_DONTUNMAP) && (v->flags & (VMA_DEVICE | VMA_HUGETLB)))
		return ERR_PTR(-EINVAL);
	if (r->old_len > v->end - r->old)
		return ERR_PTR(-EFAULT);
	if (r->new_len <= r->old_len)
		return v;
	if (vma_pgoff_at(v, r->old) + (r->new_len >> PAGE_SHIFT) < vma_pgoff_at(v, r->old))
		return ERR_PTR(-EINVAL);
	if (v->flags & VMA_DEVICE)
		return ERR_PTR(-EFAULT);
	more = (r->new_len - r->old_len) >> PAGE_SHIFT;
	if (!mlock_may_grow(r->e.mm, v->flags, more))
		return ERR_PTR(-EAGAIN);
	if (edit_admit(&r->e, v->flags, more))
		return ERR_PTR(-ENOMEM);
	return v;
}

/* --- moving entries --- */

/* Makes the tables for [new, new + len) that the entries of [old, old + len) will need. */
static int make_tables(struct mm *mm, vaddr_t old, vaddr_t new, u64 len)
{
	struct pt_span span;
	vaddr_t at = old;
	int err = 0;

	spin_lock(&mm->pt_lock);
	while (!err && pt_next_span(&mm->mmu, at, old + len, &span)) {
		vaddr_t first = span.addr - old + new, last = first + ((span.nr - 1) << PAGE_SHIFT);

		if (!pt_alloc(&mm->mmu, first) || !pt_alloc(&mm->mmu, last))
			err = -ENOMEM;
		at = span.addr + (span.nr << PAGE_SHIFT);
	}
	spin_unlock(&mm->pt_lock);
	return err;
}

/* nr entries of one table to one other, for addresses from `new` on. */
static void move_run(pte_t *from, pte_t *to, u64 nr, vaddr_t new)
{
	for (u64 i = 0; i < nr; i++) {
		pte_t pte = pte_get(&from[i]);

		if (pte_none(pte)) {
			i += pt_count_empty(&from[i + 1], nr - i - 1);
			continue;
		}
		pte = pte_exchange(&from[i], 0);
		if (likely(pfn_valid(pte_pfn(pte))))
			lazyfree_moved(pfn_to_page(pte_pfn(pte)), new + (i << PAGE_SHIFT));
		pte_set(&to[i], pte);
	}
}

/* A table's entries, to the one or two tables of the new place that make_tables() made. */
static void move_span(struct mm *mm, const struct pt_span *span, vaddr_t new)
{
	struct pt_span to;

	for (u64 i = 0; i < span->nr; i += to.nr) {
		vaddr_t end = new + (span->nr << PAGE_SHIFT);
		bool exists = pt_next_span(&mm->mmu, new + (i << PAGE_SHIFT), end, &to);

		assert(exists && to.addr == new + (i << PAGE_SHIFT));
		move_run(&span->pte[i], to.pte, to.nr, to.addr);
	}
}

/* The old place is flushed while it is locked, so that no CPU uses both. With the reverse map
 * locked, nobody who walks it misses an entry that is under way. */
static void move_entries(struct mm *mm, struct mapping *m, vaddr_t old, vaddr_t new, u64 len)
{
	struct pt_span span;
	vaddr_t at = old;
	bool any = false;

	if (m)
		mutex_lock(&m->rmap_lock);
	spin_lock(&mm->pt_lock);
	while (pt_next_span(&mm->mmu, at, old + len, &span)) {
		move_span(mm, &span, span.addr - old + new);
		at = span.addr + (span.nr << PAGE_SHIFT);
		any = true;
	}
	if (any && !is_planted_for(&mm->mmu, PLANT_MREMAP))
		tlb_flush_range(&mm->mmu, old, old + len, false);
	spin_unlock(&mm->pt_lock);
	if (m)
		mutex_unlock(&m->rmap_lock);
}

/* MREMAP_DONTUNMAP: what stays went bare. The lock went along with the pages (as on Linux, nothing
 * is merged then), and so did every private page, if all of the VMA was moved. */
static void strip_old_place(struct remap *r)
{
	struct vma *v = vma_find(&r->e.mm->vmas, r->old);

	if (v->start == r->old && v->end == r->old + r->old_len)
		v->ever_private = false;
	if (v->flags & VMA_LOCKED)
		edit_unlock(&r->e, v, r->old, r->old + r->old_len);
}

/* Moves v's part to r->new, which is free. Plan, then commit. */
static s64 move(struct remap *r, struct vma *v)
{
	struct mm *mm = r->e.mm;
	u64 len = min(r->old_len, r->new_len);
	struct vma moved = *v;

	/* A node for the new VMA; the old part's ends; one more end if the old place was merged
	 * with the new. */
	if (mm->vmas.count + 3 > mm_max_map_count || edit_reserve(&r->e, 4))
		return -ENOMEM;
	if (make_tables(mm, r->old, r->new, len))
		return -ENOMEM;
	moved.pgoff = vma_pgoff_at(v, r->old);
	moved.start = r->new;
	moved.end = r->new + r->new_len;
	/* Private pages know their place by pgoff; memory that never had one is as if newly mapped. */
	if (!v->mapping && !(v->flags & VMA_DEVICE) && !v->ever_private)
		moved.pgoff = moved.start >> PAGE_SHIFT;
	edit_add(&r->e, &moved);
	move_entries(mm, moved.mapping, r->old, r->new, len);
	if (!(r->flags & MREMAP_DONTUNMAP) && r->old_len)
		edit_unmap(&r->e, r->old, r->old + r->old_len);
	if (r->flags & MREMAP_DONTUNMAP)
		strip_old_place(r);
	if (moved.flags & VMA_LOCKED)
		r->populate_from = r->new + len;
	return (s64)r->new;
}

/* Unmaps what is more than new_len. */
static int cut_end(struct remap *r)
{
	vaddr_t start = r->old + r->new_len, end = r->old + r->old_len;
	int err;

	if (r->old_len > USER_END - r->old)
		return -EINVAL;
	err = edit_reserve_carve(&r->e, start, end, 0);
	if (!err)
		edit_unmap(&r->e, start, end);
	return err;
}

/* MREMAP_FIXED and MREMAP_DONTUNMAP (Linux's mremap_to). */
static s64 move_to(struct remap *r)
{
	struct mm *mm = r->e.mm;
	struct vma *v;
	s64 place;
	int err;

	if (page_offset_in(r->new) || r->new_len > USER_END || r->new > USER_END - r->new_len)
		return -EINVAL;
	if (r->old + r->old_len > r->new && r->new + r->new_len > r->old)
		return -EINVAL;
	if (mm->vmas.count + 2 >= mm_max_map_count - 3)
		return -ENOMEM;
	if (r->flags & MREMAP_FIXED) {
		err = edit_reserve_carve(&r->e, r->new, r->new + r->new_len, 0);
		if (err)
			return err;
		edit_unmap(&r->e, r->new, r->new + r->new_len);
	}
	if (r->old_len > r->new_len) {
		err = cut_end(r);
		if (err)
			return err;
		r->old_len = r->new_len;
	}
	v = check_vma(r);
	if (IS_ERR(v))
		return PTR_ERR(v);
	if ((r->flags & MREMAP_DONTUNMAP) && edit_admit(&r->e, v->flags, r->new_len >> PAGE_SHIFT))
		return -ENOMEM;
	if (!(r->flags & MREMAP_FIXED)) {
		place = mmap_find_place(mm, r->new, r->new_len);
		if (place < 0)
			return place;
		r->new = (vaddr_t)place;
	}
	if (r->new < mm_min_addr && !current_can(CAP_SYS_RAWIO))
		return -EPERM;
	return move(r, v);
}

/* True if the VMA can grow where it is: also, as on Linux, into the guard gap of a stack behind it. */
static bool grow_in_place(struct remap *r, struct vma *v)
{
	vaddr_t end = r->old + r->new_len;
	struct vma *next = vma_next(v);

	if (r->old + r->old_len != v->end || end > USER_END || end < r->old)
		return false;
	if (next && end > next->start)
		return false;
	if (v->flags & VMA_LOCKED)
		r->populate_from = v->end;
	edit_grow(&r->e, v, end);
	return true;
}

static s64 resize(struct remap *r)
{
	struct vma *v;
	s64 place;

	if (r->old_len >= r->new_len) {
		int err = r->old_len > r->new_len ? cut_end(r) : 0;

		return err ? err : (s64)r->old;
	}
	v = check_vma(r);
	if (IS_ERR(v))
		return PTR_ERR(v);
	if (grow_in_place(r, v))
		return (s64)r->old;
	if (!(r->flags & MREMAP_MAYMOVE) || r->new_len > USER_END)
		return -ENOMEM;
	place = mmap_find_place(r->e.mm, 0, r->new_len);
	if (place < 0)
		return place;
	r->new = (vaddr_t)place;
	return move(r, v);
}

static int check_flags(const struct remap *r)
{
	u64 flags = r->flags;

	if (flags & ~(u64)(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP))
		return -EINVAL;
	if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	if ((flags & MREMAP_DONTUNMAP) && r->old_len != r->new_len)
		return -EINVAL;
	return page_offset_in(r->old) || !r->new_len ? -EINVAL : 0;
}

/* Huge pages are moved and given back whole, and grow no more. 0 or -EINVAL. */
static int check_huge(struct remap *r, const struct vma *v)
{
	u64 size = vma_page_size(v);

	if (!(v->flags & VMA_HUGETLB))
		return 0;
	r->old_len = ALIGN_UP(r->old_len, size);
	r->new_len = ALIGN_UP(r->new_len, size);
	return ((r->old | r->new) & (size - 1)) || r->new_len > r->old_len ? -EINVAL : 0;
}

static s64 remap_locked(struct remap *r)
{
	struct vma *v = vma_find(&r->e.mm->vmas, r->old);
	int err = v ? check_huge(r, v) : -EFAULT;

	if (err)
		return err;
	return r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) ? move_to(r) : resize(r);
}

s64 mm_remap(struct mm *mm, vaddr_t old, u64 old_len, u64 new_len, u64 flags, vaddr_t new_addr)
{
	struct remap r = { .old = old,
		.new = new_addr,
		.old_len = page_align_up(old_len),
		.new_len = page_align_up(new_len),
		.flags = flags };
	s64 result = check_flags(&r);

	/* DONTUNMAP compares the lengths as they were given. */
	if (!result && (flags & MREMAP_DONTUNMAP) && old_len != new_len)
		result = -EINVAL;
	if (result)
		return result;
	edit_begin(&r.e, mm);
	result = remap_locked(&r);
	edit_end(&r.e);
	if (result > 0 && r.populate_from)
		mm_populate(mm, r.populate_from, (u64)result + r.new_len - r.populate_from);
	return result;
}

// SPDX-License-Identifier: MIT
/*
 * madvise(2). Three kinds of advice:
 *
 *	remembered in the VMA's flags     NORMAL RANDOM SEQUENTIAL, DONTFORK.. WIPEONFORK.. DONTDUMP..    mm->lock for writing
 *	                                  HUGEPAGE.. MERGEABLE.. (shown only)
 *	acting on pages                   DONTNEED FREE COLD                                              mm->lock for reading
 *	acting with no lock held          WILLNEED REMOVE PAGEOUT COLLAPSE POPULATE_READ POPULATE_WRITE
 *
 * Holes in the range are skipped, and said at the end: ENOMEM. HWPOISON and SOFT_OFFLINE are for the
 * privileged, and there answer as a kernel without CONFIG_MEMORY_FAILURE.
 *
 * Not here: what becomes of lazy pages (lazyfree.c), COLD and PAGEOUT (madvise_pageout.c), COLLAPSE
 * (madvise_collapse.c).
 */
#include <linux/mman.h>
#include "lib/err.h"
#include "mm/edit.h"
#include "mm/fault.h"
#include "mm/lazyfree.h"
#include "mm/madvise_collapse.h"
#include "mm/madvise_pageout.h"
#include "sched/sched.h"

/* --- remembered --- */

/* What this advice does to a VMA's flags: *flags. 0 or -EINVAL. */
static int advised_flags(const struct vma *v, int advice, u32 *flags)
{
	switch (advice) {
	case MADV_NORMAL:
		*flags &= ~(VMA_RANDOM | VMA_SEQUENTIAL);
		return 0;
	case MADV_RANDOM:
		*flags = (*flags & ~VMA_SEQUENTIAL) | VMA_RANDOM;
		return 0;
	case MADV_SEQUENTIAL:
		*flags = (*flags & ~VMA_RANDOM) | VMA_SEQUENTIAL;
		return 0;
	case MADV_DONTFORK:
		*flags |= VMA_DONTFORK;
		return 0;
	case MADV_DOFORK:
		*flags &= ~VMA_DONTFORK;
		return v->flags & VMA_DEVICE ? -EINVAL : 0;
	case MADV_WIPEONFORK:
		*flags |= VMA_WIPEONFORK;
		return v->file || (v->flags & VMA_SHARED) ? -EINVAL : 0;
	case MADV_KEEPONFORK:
		*flags &= ~VMA_WIPEONFORK;
		return 0;
	case MADV_DONTDUMP:
		*flags |= VMA_DONTDUMP;
		return 0;
	case MADV_DODUMP:
		*flags &= ~VMA_DONTDUMP;
		return v->flags & VMA_DEVICE ? -EINVAL : 0;
	case MADV_HUGEPAGE:
		*flags = (*flags & ~VMA_NOHUGEPAGE) | VMA_HUGEPAGE;
		return 0;
	case MADV_NOHUGEPAGE:
		*flags = (*flags & ~VMA_HUGEPAGE) | VMA_NOHUGEPAGE;
		return 0;
	case MADV_MERGEABLE: /* pages that are shared anyway are none of KSM's: ignored there */
		*flags |= v->flags & (VMA_SHARED | VMA_DEVICE | VMA_HUGETLB) ? 0 : VMA_MERGEABLE;
		return 0;
	case MADV_UNMERGEABLE:
		*flags &= ~VMA_MERGEABLE;
		return 0;
	}
	return -EINVAL;
}

static int advise_flags(struct edit *e, vaddr_t start, vaddr_t end, int advice)
{
	struct vma *v = vma_at_or_above(&e->mm->vmas, start, NULL);
	bool hole = false;
	int err;

	for (; start < end && v && v->start < end; v = vma_next(v)) {
		vaddr_t stop = min(v->end, end);
		u32 flags = v->flags;

		if (v->start > start) {
			hole = true;
			start = v->start;
		}
		err = advised_flags(v, advice, &flags);
		if (err)
			return err;
		if (flags != v->flags) {
			err = edit_reserve_flags(e, v, start, stop, flags);
			if (err)
				return err == -ENOMEM ? -EAGAIN : err; /* or too many pieces */
			v = edit_set_flags(e, v, start, stop, flags);
		}
		start = max(v->end, stop);
	}
	return hole || start < end ? -ENOMEM : 0;
}

static int advise_remembered(struct mm *mm, vaddr_t start, vaddr_t end, int advice)
{
	struct edit e;
	int err;

	edit_begin(&e, mm);
	err = advise_flags(&e, start, end, advice);
	edit_end(&e);
	return err;
}

/* --- acting on pages --- */

/*
 * DONTNEED: private pages read as zeros (or as the file) from now on, shared ones are only
 * unmapped. FREE: the same some time, when memory is short.
 */
static int advise_vma(struct gather *g, struct vma *v, vaddr_t start, vaddr_t end, int advice)
{
	u32 untouchable = VMA_DEVICE | (advice == MADV_DONTNEED_LOCKED ? 0 : VMA_LOCKED);

	if ((v->flags & untouchable) || (advice == MADV_FREE && v->ops != &back_anon))
		return -EINVAL;
	if ((v->flags & VMA_HUGETLB) && (advice == MADV_COLD || !vma_may_cut(v, start)))
		return -EINVAL;
	switch (advice) {
	case MADV_FREE:
		lazyfree_range(g, v, start, end);
		break;
	case MADV_COLD:
		pageout_cold(g, v, start, end);
		break;
	default:
		zap_range(g, v, start, end, ZAP_ALL, true);
	}
	return 0;
}

static int advise_pages(struct mm *mm, vaddr_t start, vaddr_t end, int advice)
{
	struct vma *v;
	struct gather g;
	bool hole = false;
	int err = 0;

	rwsem_read_lock(&mm->lock);
	v = vma_at_or_above(&mm->vmas, start, NULL);
	for (; !err && start < end && v && v->start < end; v = vma_next(v)) {
		hole |= v->start > start;
		gather_begin(&g, mm);
		err = advise_vma(&g, v, max(start, v->start), min(end, v->end), advice);
		gather_plant(&g, advice == MADV_FREE ? PLANT_FREE : PLANT_DONTNEED);
		gather_finish(&g);
		start = v->end;
	}
	rwsem_read_unlock(&mm->lock);
	return err ? err : hole || start < end ? -ENOMEM : 0;
}

/* --- acting with no lock held --- */

/* A part of one VMA. `v` is a copy, its file held. */
typedef int (*part_fn)(struct mm *mm, const struct vma *v, vaddr_t start, vaddr_t end, int advice);

/* Starts reading the file. */
static int willneed_part(struct mm *mm, const struct vma *v, vaddr_t start, vaddr_t end, int advice)
{
	(void)mm, (void)advice;
	if (v->mapping)
		pagecache_start_read(
			v->mapping, vma_pgoff_at(v, start), (end - start) >> PAGE_SHIFT);
	return 0;
}

static int remove_part(struct mm *mm, const struct vma *v, vaddr_t start, vaddr_t end, int advice)
{
	u64 offset = vma_pgoff_at(v, start) << PAGE_SHIFT;

	(void)mm, (void)advice;
	if ((v->flags & VMA_LOCKED) || !v->file)
		return -EINVAL;
	if ((v->flags & (VMA_SHARED | VMA_MAYWRITE)) != (VMA_SHARED | VMA_MAYWRITE))
		return -EACCES;
	if (!v->file_ops->punch_hole)
		return -EOPNOTSUPP;
	return v->file_ops->punch_hole(v->file, offset, offset + (end - start));
}

/* As if each page were read (written), so by the VMA's rights and not by what x86 permits. */
static int populate_part(struct mm *mm, const struct vma *v, vaddr_t start, vaddr_t end, int advice)
{
	bool write = advice == MADV_POPULATE_WRITE;

	if (!(v->flags & (write ? VMA_WRITE : VMA_READ)) || (v->flags & VMA_DEVICE))
		return -EINVAL;
	for (; start < end; start += PAGE_SIZE) {
		switch (fault_resolve(mm, start, write ? FAULT_WRITE : 0, false)) {
		case FAULT_OK:
			break;
		case FAULT_ACCERR:
			return -EINVAL;
		case FAULT_BUS:
			return -EFAULT;
		case FAULT_KILLED:
			return -EINTR;
		default:
			return -ENOMEM;
		}
		if (thread_is_killed())
			return -EINTR;
		cond_resched();
	}
	return 0;
}

static int advise_unlocked(struct mm *mm, vaddr_t start, vaddr_t end, int advice, part_fn act)
{
	bool hole = false;
	struct vma v;
	int err = 0;

	while (!err && start < end && mm_copy_vma(mm, start, end, &v)) {
		hole |= v.start > start;
		err = act(mm, &v, max(start, v.start), min(end, v.end), advice);
		if (v.file)
			v.file_ops->put(v.file);
		start = v.end;
	}
	return err ? err : hole || start < end ? -ENOMEM : 0;
}

/* --- all --- */

static int advise(struct mm *mm, vaddr_t start, vaddr_t end, int advice)
{
	switch (advice) {
	case MADV_WILLNEED:
		return advise_unlocked(mm, start, end, advice, willneed_part);
	case MADV_REMOVE:
		return advise_unlocked(mm, start, end, advice, remove_part);
	case MADV_COLLAPSE:
		return advise_unlocked(mm, start, end, advice, collapse_part);
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return advise_unlocked(mm, start, end, advice, populate_part);
	case MADV_PAGEOUT:
		return pageout_range(mm, start, end);
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
	case MADV_COLD:
		return advise_pages(mm, start, end, advice);
	}
	return advise_remembered(mm, start, end, advice);
}

static bool is_known(int advice)
{
	switch (advice) {
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_WILLNEED:
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
	case MADV_REMOVE:
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_COLLAPSE:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
	case MADV_MERGEABLE:
	case MADV_UNMERGEABLE:
		return true;
	}
	return false;
}

s64 mm_advise(struct mm *mm, vaddr_t addr, u64 len, int advice)
{
	u64 rounded = page_align_up(len);

	if (!is_known(advice) || page_offset_in(addr) || (len && !rounded) || addr + rounded < addr)
		return -EINVAL;
	return rounded ? advise(mm, addr, addr + rounded, advice) : 0;
}

// SPDX-License-Identifier: MIT
/*
 * madvise(2). Three kinds of advice:
 *
 *	remembered in the VMA's flags     NORMAL RANDOM SEQUENTIAL, DONTFORK.. WIPEONFORK.. DONTDUMP..    mm->lock for writing
 *	acting on pages                   DONTNEED FREE COLD PAGEOUT                                      mm->lock for reading
 *	acting with no lock held          WILLNEED POPULATE_READ POPULATE_WRITE
 *
 * Holes in the range are skipped, and said at the end: ENOMEM (but POPULATE_* stop there).
 */
#include <linux/mman.h>
#include "lib/err.h"
#include "mm/edit.h"
#include "mm/fault.h"
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
			if (edit_reserve_flags(e, v, start, stop, flags))
				return -EAGAIN; /* no memory for the pieces, or too many */
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

/* May the pages of v be thrown away? */
static int may_drop(const struct vma *v, int advice)
{
	if (v->flags & (VMA_LOCKED | VMA_DEVICE))
		return -EINVAL;
	if (advice == MADV_FREE && (v->file || v->mapping))
		return -EINVAL;
	return 0;
}

/*
 * DONTNEED: private pages read as zeros (or as the file) from now on, shared ones are only
 * unmapped. FREE: the same, at once instead of when memory is short, which is as permitted. COLD
 * and PAGEOUT: without swap private pages stay; pages of the cache are unmapped, so that reclaim
 * finds them unused.
 */
static int advise_vma(struct mm *mm, struct vma *v, vaddr_t start, vaddr_t end, int advice)
{
	bool drop = advice == MADV_DONTNEED || advice == MADV_FREE;
	int err = may_drop(v, advice);
	struct gather g;

	if (err)
		return err;
	gather_begin(&g, mm);
	zap_range(&g, v, start, end, drop ? ZAP_ALL : ZAP_CACHE, true);
	gather_finish(&g);
	return 0;
}

static int advise_pages(struct mm *mm, vaddr_t start, vaddr_t end, int advice)
{
	struct vma *v;
	bool hole = false;
	int err = 0;

	rwsem_read_lock(&mm->lock);
	v = vma_at_or_above(&mm->vmas, start, NULL);
	for (; !err && start < end && v && v->start < end; v = vma_next(v)) {
		hole |= v->start > start;
		err = advise_vma(mm, v, max(start, v->start), min(end, v->end), advice);
		start = v->end;
	}
	rwsem_read_unlock(&mm->lock);
	return err ? err : hole || start < end ? -ENOMEM : 0;
}

/* --- acting with no lock held --- */

/* Starts reading the first file in [start, end); returns where to go on. *hole: there was nothing
 * mapped at start. */
static vaddr_t willneed_one(struct mm *mm, vaddr_t start, vaddr_t end, bool *hole)
{
	struct vma v, *found;

	rwsem_read_lock(&mm->lock);
	found = vma_at_or_above(&mm->vmas, start, NULL);
	if (!found || found->start >= end) {
		rwsem_read_unlock(&mm->lock);
		*hole = true;
		return end;
	}
	v = *found;
	if (v.mapping && v.file)
		v.file_ops->get(v.file);
	rwsem_read_unlock(&mm->lock);

	*hole |= v.start > start;
	start = max(start, v.start);
	end = min(end, v.end);
	if (v.mapping) {
		pagecache_start_read(
			v.mapping, vma_pgoff_at(&v, start), (end - start) >> PAGE_SHIFT);
		if (v.file)
			v.file_ops->put(v.file);
	}
	return end;
}

static int advise_willneed(struct mm *mm, vaddr_t start, vaddr_t end)
{
	bool hole = false;

	while (start < end)
		start = willneed_one(mm, start, end, &hole);
	return hole ? -ENOMEM : 0;
}

static int advise_populate(struct mm *mm, vaddr_t start, vaddr_t end, bool write)
{
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
		if (thread_signal_pending())
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* --- all --- */

static int advise(struct mm *mm, vaddr_t start, vaddr_t end, int advice)
{
	switch (advice) {
	case MADV_WILLNEED:
		return advise_willneed(mm, start, end);
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return advise_populate(mm, start, end, advice == MADV_POPULATE_WRITE);
	case MADV_DONTNEED:
	case MADV_FREE:
	case MADV_COLD:
	case MADV_PAGEOUT:
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
	case MADV_FREE:
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
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

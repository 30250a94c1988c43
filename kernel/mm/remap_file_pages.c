// SPDX-License-Identifier: MIT
/*
 * remap_file_pages(2), as Linux has emulated it since 4.0: a part of a shared mapping of a file shows
 * other pages of it from now on, and is a VMA of its own.
 *
 * Locks: mm->lock for writing from the look at what is mapped to the new VMA.
 */
#include <linux/mman.h>
#include "lib/err.h"
#include "mm/edit.h"
#include "mm/mmap.h"

/* The VMA at start, if it and its like cover [start, end) and are a shared file. NULL: not so. */
static struct vma *find_shared(struct mm *mm, vaddr_t start, vaddr_t end)
{
	struct vma *first = vma_find(&mm->vmas, start), *v = first;

	if (!first || !(first->flags & VMA_SHARED) || !first->mapping)
		return NULL;
	while (v->end < end) {
		struct vma *next = vma_next(v);

		if (!next || next->start != v->end || next->file != first->file ||
			next->flags != first->flags)
			return NULL;
		v = next;
	}
	return first;
}

static int remap_locked(struct edit *e, vaddr_t start, u64 len, pgoff_t pgoff)
{
	struct vma *v = find_shared(e->mm, start, start + len);
	struct map_request rq = { .addr = start, .len = len, .pgoff = pgoff };
	int err;

	if (!v)
		return -EINVAL;
	err = v->file_ops->ask(v->file, &rq);
	if (err)
		return err;
	/* What is open for reading only is not shared, as Linux sees it. */
	if (!rq.file_writable)
		return -EINVAL;
	rq.prot = v->flags & VMA_PROT_MASK;
	rq.flags = MAP_SHARED | MAP_FIXED | (v->flags & VMA_LOCKED ? MAP_LOCKED : 0);
	return mmap_replace(e, &rq);
}

s64 mm_remap_file_pages(struct mm *mm, vaddr_t start, u64 len, u64 prot, pgoff_t pgoff, u64 flags)
{
	struct edit e;
	int err;

	start = page_align_down(start);
	len = page_align_down(len);
	if (prot || start + len <= start || pgoff + (len >> PAGE_SHIFT) < pgoff)
		return -EINVAL;
	edit_begin(&e, mm);
	err = remap_locked(&e, start, len, pgoff);
	edit_end(&e);
	if (!err && !(flags & MAP_NONBLOCK))
		mm_populate(mm, start, len);
	return err;
}

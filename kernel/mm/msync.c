// SPDX-License-Identifier: MIT
/*
 * msync(2). The page cache is what the file's readers see, so MS_ASYNC and MS_INVALIDATE have
 * nothing to do but to look at their arguments; MS_SYNC makes shared file mappings durable, each
 * with no lock held.
 */
#include <linux/mman.h>
#include "lib/err.h"
#include "mm/mm.h"
#include "mm/pagecache.h"

static int check_arguments(vaddr_t addr, int flags)
{
	if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC))
		return -EINVAL;
	if (page_offset_in(addr))
		return -EINVAL;
	return (flags & MS_ASYNC) && (flags & MS_SYNC) ? -EINVAL : 0;
}

/* Makes [start, end) of v durable if it is a shared file. */
static int sync_part(const struct vma *v, vaddr_t start, vaddr_t end)
{
	u64 offset = vma_pgoff_at(v, start) << PAGE_SHIFT;

	if (!v->mapping || !(v->flags & VMA_SHARED))
		return 0;
	if (v->file_ops && v->file_ops->sync)
		return v->file_ops->sync(v->file, offset, offset + (end - start));
	return pagecache_sync(v->mapping, offset, offset + (end - start), true);
}

s64 mm_msync(struct mm *mm, vaddr_t addr, u64 len, int flags)
{
	vaddr_t end = addr + page_align_up(len);
	bool hole = false;
	struct vma v;
	int err = check_arguments(addr, flags);

	if (err)
		return err;
	if (end < addr)
		return -ENOMEM;
	while (!err && addr < end && mm_copy_vma(mm, addr, end, &v)) {
		hole |= v.start > addr;
		if ((flags & MS_INVALIDATE) && (v.flags & VMA_LOCKED))
			err = -EBUSY;
		else if (flags & MS_SYNC)
			err = sync_part(&v, max(addr, v.start), min(end, v.end));
		if (v.file)
			v.file_ops->put(v.file);
		addr = v.end;
	}
	return err ? err : hole || addr < end ? -ENOMEM : 0;
}

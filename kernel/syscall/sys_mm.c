// SPDX-License-Identifier: MIT
/*
 * System calls on memory: from numbers and descriptors to what mm/ knows. mmap turns an fd into
 * {mapping, offset, what the open mode allows}; the file itself says how it may be mapped
 * (file_ops.map).
 */
#include <linux/mman.h>
#include <linux/mount.h>
#include "fs/context.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "mm/mm.h"
#include "syscall/syscall.h"

/* A file that cannot be mapped: what is wrong with the request comes before ENODEV. */
static int unmappable(const struct map_request *rq)
{
	u32 type = rq->flags & MAP_TYPE;
	bool shared = type == MAP_SHARED || type == MAP_SHARED_VALIDATE;

	if (!rq->len || (!shared && type != MAP_PRIVATE))
		return -EINVAL;
	if (shared && (rq->prot & PROT_WRITE) && !rq->file_writable)
		return -EACCES;
	return rq->file_readable ? -ENODEV : -EACCES;
}

/* Fills in what the file says. 0 or -errno. */
static int ask_file(struct file *f, struct map_request *rq)
{
	rq->file = f;
	rq->file_ops = &file_map_ops;
	rq->file_readable = f->mode & FILE_READ;
	rq->file_writable = f->mode & FILE_WRITE;
	rq->file_noexec = f->path.mount && (f->path.mount->flags & MS_NOEXEC);
	if (rq->flags & MAP_HUGETLB)
		return -EINVAL;
	return f->ops->map ? f->ops->map(f, rq) : unmappable(rq);
}

static s64 map_file(int fd, struct map_request *rq)
{
	struct file *f = fd_get(fd);
	s64 result;

	if (!f)
		return -EBADF;
	result = ask_file(f, rq);
	if (!result)
		result = mm_map(current_mm(), rq);
	file_put(f);
	return result;
}

s64 sys_mmap(vaddr_t addr, u64 len, u64 prot, u64 flags, int fd, u64 offset)
{
	struct map_request rq = { .addr = addr,
		.len = len,
		.prot = (u32)prot,
		.flags = (u32)flags,
		.pgoff = offset >> PAGE_SHIFT,
		.may_map_low = cred_is_root(current_cred()) };

	if (page_offset_in(offset))
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS))
		return map_file(fd, &rq);
	if (flags & MAP_HUGETLB)
		return len ? -ENOMEM : -EINVAL; /* the pool of huge pages is empty */
	return mm_map(current_mm(), &rq);
}

s64 sys_munmap(vaddr_t addr, u64 len)
{
	return mm_unmap(current_mm(), addr, len);
}

s64 sys_mprotect(vaddr_t addr, u64 len, u64 prot)
{
	return mm_protect(current_mm(), addr, len, prot);
}

s64 sys_madvise(vaddr_t addr, u64 len, int advice)
{
	return mm_advise(current_mm(), addr, len, advice);
}

s64 sys_msync(vaddr_t addr, u64 len, int flags)
{
	return mm_msync(current_mm(), addr, len, flags);
}

s64 sys_mincore(vaddr_t addr, u64 len, vaddr_t vec)
{
	return mm_incore(current_mm(), addr, len, vec);
}

s64 sys_mremap(vaddr_t old, u64 old_len, u64 new_len, u64 flags, vaddr_t new_addr)
{
	return mm_remap(current_mm(), old, old_len, new_len, flags, new_addr);
}

s64 sys_brk(vaddr_t brk)
{
	return (s64)mm_set_brk(current_mm(), brk);
}

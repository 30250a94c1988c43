// SPDX-License-Identifier: MIT
/*
 * System calls on memory: from numbers and descriptors to what mm/ knows. mmap turns an fd into
 * {mapping, offset, what the open mode allows}; the file itself says how it may be mapped
 * (file_ops.map).
 */
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/personality.h>
#include "fs/context.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/hugetlbfs.h"
#include "mm/mm.h"
#include "proc/exec.h"
#include "proc/process.h"
#include "syscall/syscall.h"

/* MAP_32BIT begins to search up to so far above its base, if places are random: as on Linux. */
#define LOW_SLACK_PAGES (0x02000000UL >> PAGE_SHIFT)

static bool reading_implies_executing(void)
{
	return current_proc()->personality & READ_IMPLIES_EXEC;
}

static int ask_file(struct file *f, struct map_request *rq)
{
	if ((rq->flags & MAP_HUGETLB) && !hugetlbfs_is_file(f))
		return -EINVAL;
	if (rq->len > USER_END) /* before the file says more */
		return -ENOMEM;
	return file_ask_map(f, rq);
}

static s64 map(struct map_request *rq)
{
	if ((rq->prot & PROT_READ) && !rq->file_noexec && reading_implies_executing())
		rq->prot |= PROT_EXEC;
	if ((rq->flags & MAP_32BIT) && current_mm()->randomized)
		rq->low_slack = exec_random() % LOW_SLACK_PAGES << PAGE_SHIFT;
	return mm_map(current_mm(), rq);
}

/* Puts f. */
static s64 ask_and_map(struct file *f, struct map_request *rq)
{
	s64 result = ask_file(f, rq);

	if (!result)
		result = map(rq);
	if (result >= 0 && rq->huge_size)
		hugetlbfs_mapped(f, rq);
	file_put(f);
	return result;
}

static s64 map_file(int fd, struct map_request *rq)
{
	struct file *f = fd_get(fd);

	return f ? ask_and_map(f, rq) : -EBADF;
}

/* MAP_HUGETLB without a file: one of huge pages is made, as on Linux. */
static s64 map_huge(struct map_request *rq)
{
	u64 size = hugetlbfs_page_size(rq->flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK);
	struct file *f;

	if (!size || !ALIGN_UP(rq->len, size))
		return -EINVAL;
	f = hugetlbfs_unnamed_file("/anon_hugepage (deleted)", size, ALIGN_UP(rq->len, size),
		O_RDWR | O_LARGEFILE, false);
	return IS_ERR(f) ? PTR_ERR(f) : ask_and_map(f, rq);
}

s64 sys_mmap(vaddr_t addr, u64 len, u64 prot, u64 flags, int fd, u64 offset)
{
	struct map_request rq = { .addr = addr,
		.len = len,
		.prot = (u32)prot,
		.flags = flags,
		.pgoff = offset >> PAGE_SHIFT };

	if (page_offset_in(offset))
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS))
		return map_file(fd, &rq);
	return flags & MAP_HUGETLB ? map_huge(&rq) : map(&rq);
}

s64 sys_munmap(vaddr_t addr, u64 len)
{
	return mm_unmap(current_mm(), addr, len);
}

s64 sys_mprotect(vaddr_t addr, u64 len, u64 prot)
{
	if (reading_implies_executing())
		return mm_protect_implying_exec(current_mm(), addr, len, prot);
	return mm_protect(current_mm(), addr, len, prot);
}

/* --- protection keys: there are none --- */

s64 sys_pkey_alloc(u64 flags, u64 rights)
{
	if (flags || (rights & ~(u64)PKEY_ACCESS_MASK))
		return -EINVAL;
	return -ENOSPC;
}

s64 sys_pkey_free(int key)
{
	(void)key;
	return -EINVAL; /* none was allocated */
}

s64 sys_pkey_mprotect(vaddr_t addr, u64 len, u64 prot, int key)
{
	if (key == -1)
		return sys_mprotect(addr, len, prot);
	/* What mprotect refuses without looking at what is mapped comes before the key. */
	if (!len && !page_offset_in(addr))
		return sys_mprotect(addr, len, prot);
	return !page_offset_in(addr) && addr + page_align_up(len) <= addr ? -ENOMEM : -EINVAL;
}

/* --- locking --- */

s64 sys_mlock(vaddr_t addr, u64 len)
{
	return mm_lock(current_mm(), addr, len, 0);
}

s64 sys_mlock2(vaddr_t addr, u64 len, int flags)
{
	return mm_lock(current_mm(), addr, len, flags);
}

s64 sys_munlock(vaddr_t addr, u64 len)
{
	return mm_unlock(current_mm(), addr, len);
}

s64 sys_mlockall(int flags)
{
	return mm_lock_all(current_mm(), flags);
}

s64 sys_munlockall(void)
{
	return mm_unlock_all(current_mm());
}

s64 sys_madvise(vaddr_t addr, u64 len, int advice)
{
	/* To poison memory is for the privileged; mm_advise() knows no such advice. */
	if ((advice == MADV_HWPOISON || advice == MADV_SOFT_OFFLINE) && !page_offset_in(addr) &&
		len && !current_can(CAP_SYS_ADMIN))
		return -EPERM;
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

s64 sys_membarrier(int command, u32 flags, int cpu)
{
	(void)cpu; /* only with a flag of a command that is not here (RSEQ) */
	return mm_membarrier(current_mm(), command, flags);
}

s64 sys_remap_file_pages(vaddr_t start, u64 len, u64 prot, u64 pgoff, u64 flags)
{
	return mm_remap_file_pages(current_mm(), start, len, prot, pgoff, flags);
}

s64 sys_brk(vaddr_t brk)
{
	if (reading_implies_executing())
		return (s64)mm_set_brk_implying_exec(current_mm(), brk);
	return (s64)mm_set_brk(current_mm(), brk);
}

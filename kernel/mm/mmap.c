// SPDX-License-Identifier: MIT
/*
 * mmap(2) and munmap(2): plan, then commit.
 *
 *	mm_map:  check the arguments, make the object behind MAP_SHARED|MAP_ANONYMOUS      no lock
 *	         place, check against limits, get nodes            plan     may fail       mm->lock
 *	         take away what MAP_FIXED replaces, add the VMA    commit   cannot fail    mm->lock
 *	         touch the pages (MAP_POPULATE)                                            no lock
 *
 * Errors are in the order of mmap(2) as Linux finds them. Not here: file descriptors (sys_mm.c),
 * faults.
 */
#include <linux/mman.h>
#include "arch/user.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/edit.h"
#include "mm/fault.h"
#include "mm/mmap.h"
#include "mm/shm.h"

/* What is to be mapped, as it is worked out. */
struct map_plan {
	const struct map_request *rq;
	u64 len; /* bytes, whole pages */
	bool fixed;
	struct vma vma; /* as it will be */
	struct shm_object shm;
};

/* --- checks that need no lock --- */

static bool wants_shared(const struct map_request *rq)
{
	u32 type = rq->flags & MAP_TYPE;

	return type == MAP_SHARED || type == MAP_SHARED_VALIDATE;
}

static bool is_anonymous(const struct map_request *rq)
{
	return !rq->mapping && !rq->device_map;
}

/* Flags that MAP_SHARED_VALIDATE accepts. */
#define KNOWN_FLAGS                                                                                \
	(MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE | MAP_LOCKED |      \
		MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB |            \
		MAP_FIXED_NOREPLACE | MAP_GROWSDOWN | MAP_32BIT_FLAG | MAP_UNINITIALIZED_FLAG)
#define MAP_32BIT_FLAG         0x40
#define MAP_UNINITIALIZED_FLAG 0x4000000

static int check_length(struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;

	if (!rq->len)
		return -EINVAL;
	plan->len = page_align_up(rq->len);
	if (!plan->len)
		return -ENOMEM;
	if (rq->pgoff + (plan->len >> PAGE_SHIFT) < rq->pgoff)
		return -EOVERFLOW;
	return plan->len > USER_END ? -ENOMEM : 0;
}

static int check_fixed_address(struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;

	plan->fixed = rq->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
	if (!plan->fixed)
		return 0;
	if (rq->addr > USER_END - plan->len)
		return -ENOMEM;
	if (page_offset_in(rq->addr))
		return -EINVAL;
	return rq->addr < MMAP_MIN_ADDR && !rq->may_map_low ? -EPERM : 0;
}

/* The file's open mode against what is asked for; sets what mprotect may grant later. */
static int check_file(struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;
	u32 type = rq->flags & MAP_TYPE;
	u32 *flags = &plan->vma.flags;

	/* The last byte must have an offset that files can have. */
	if (rq->pgoff + (plan->len >> PAGE_SHIFT) > (u64)__LONG_MAX__ >> PAGE_SHIFT)
		return -EOVERFLOW;
	if (type == MAP_SHARED_VALIDATE && (rq->flags & ~(u32)KNOWN_FLAGS))
		return -EOPNOTSUPP;
	if (wants_shared(rq)) {
		if ((rq->prot & PROT_WRITE) && !rq->file_writable)
			return -EACCES;
		if (!rq->file_writable)
			*flags &= ~VMA_MAYWRITE;
		*flags |= VMA_SHARED;
	} else if (type != MAP_PRIVATE) {
		return -EINVAL;
	}
	if (!rq->file_readable)
		return -EACCES;
	if (rq->file_noexec) {
		if (rq->prot & PROT_EXEC)
			return -EPERM;
		*flags &= ~VMA_MAYEXEC;
	}
	return rq->flags & MAP_GROWSDOWN ? -EINVAL : 0;
}

static int check_anonymous(struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;

	if ((rq->flags & MAP_TYPE) == MAP_SHARED) {
		if (rq->flags & MAP_GROWSDOWN)
			return -EINVAL;
		plan->vma.flags |= VMA_SHARED;
		return 0;
	}
	return (rq->flags & MAP_TYPE) == MAP_PRIVATE ? 0 : -EINVAL;
}

static u32 flags_for(const struct map_request *rq)
{
	u32 flags = (rq->prot & VMA_PROT_MASK) | VMA_MAY_MASK | rq->extra_vma_flags;

	if (rq->flags & MAP_GROWSDOWN)
		flags |= VMA_GROWSDOWN;
	if (rq->flags & MAP_LOCKED)
		flags |= VMA_LOCKED;
	if (rq->flags & MAP_NORESERVE)
		flags |= VMA_NORESERVE;
	return flags;
}

static int check_arguments(struct map_plan *plan)
{
	int err = check_length(plan);

	if (!err)
		err = check_fixed_address(plan);
	if (err)
		return err;
	plan->vma.flags = flags_for(plan->rq);
	err = plan->rq->file ? check_file(plan) : check_anonymous(plan);
	if (!err && edit_is_accountable(plan->vma.flags))
		plan->vma.flags |= VMA_ACCOUNT;
	return err;
}

/* The VMA's backing. Makes the unnamed file of shared anonymous memory: its reference is the
 * plan's. */
static int find_backing(struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;
	struct vma *v = &plan->vma;
	int err;

	v->mapping = rq->mapping;
	v->file = rq->file;
	v->file_ops = rq->file_ops;
	v->pgoff = rq->pgoff;
	if (is_anonymous(rq) && (v->flags & VMA_SHARED)) {
		if (!(v->flags & VMA_NORESERVE) && !edit_may_reserve(plan->len >> PAGE_SHIFT))
			return -ENOMEM;
		err = shm_create("/dev/zero (deleted)", plan->len, &plan->shm);
		if (err)
			return err;
		v->mapping = plan->shm.mapping;
		v->file = plan->shm.file;
		v->file_ops = plan->shm.file_ops;
		v->pgoff = 0;
	}
	v->ops = back_for(v->mapping);
	return 0;
}

static void put_plan(struct map_plan *plan)
{
	if (plan->shm.file)
		plan->shm.file_ops->put(plan->shm.file);
}

/* --- where --- */

/* Is [addr, addr + len) free, with the guard gaps of the stacks around? */
static bool is_free(struct mm *mm, vaddr_t addr, u64 len)
{
	struct vma *v = vma_at_or_above(&mm->vmas, addr, NULL);

	return addr <= USER_END - len && (!v || addr + len <= vma_start_with_guard(v));
}

static s64 find_place(struct mm *mm, vaddr_t hint, u64 len, u32 map_flags)
{
	vaddr_t addr;

	if (map_flags & MAP_32BIT_FLAG)
		return vma_gap_bottom_up(&mm->vmas, len, 0x40000000, 0x80000000, &addr) ? (s64)addr
											: -ENOMEM;
	hint = page_align_down(hint);
	if (hint) {
		hint = max(hint, MMAP_MIN_ADDR);
		if (is_free(mm, hint, len))
			return (s64)hint;
	}
	if (vma_gap_top_down(&mm->vmas, len, MMAP_MIN_ADDR, mm->mmap_base, &addr) ||
		vma_gap_bottom_up(&mm->vmas, len, mm->mmap_base, USER_END, &addr))
		return (s64)addr;
	return -ENOMEM;
}

s64 mmap_find_place(struct mm *mm, vaddr_t hint, u64 len)
{
	return find_place(mm, hint, len, 0);
}

static s64 choose_address(struct mm *mm, const struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;

	if (!plan->fixed)
		return find_place(mm, rq->addr, plan->len, rq->flags);
	if ((rq->flags & MAP_FIXED_NOREPLACE) &&
		vma_first_in(&mm->vmas, rq->addr, rq->addr + plan->len))
		return -EEXIST;
	return (s64)rq->addr;
}

/* --- plan and commit --- */

static u64 pages_mapped_in(struct mm *mm, vaddr_t start, vaddr_t end)
{
	struct vma *v = vma_first_in(&mm->vmas, start, end);
	u64 nr = 0;

	for (; v && v->start < end; v = vma_next(v))
		nr += (min(v->end, end) - max(v->start, start)) >> PAGE_SHIFT;
	return nr;
}

/* => mm->lock held for writing. 0 or -errno, nothing changed. */
static int map_plan(struct edit *e, struct map_plan *plan)
{
	struct vma *v = &plan->vma;
	s64 addr;
	int err;

	if (e->mm->vmas.count > MAX_MAP_COUNT)
		return -ENOMEM;
	addr = choose_address(e->mm, plan);
	if (addr < 0)
		return (int)addr;
	v->mm = e->mm;
	v->start = (vaddr_t)addr;
	v->end = v->start + plan->len;
	if (!v->mapping && !v->file)
		v->pgoff = v->start >> PAGE_SHIFT;
	err = edit_check_limits(e->mm, v->flags, vma_pages(v),
		plan->fixed ? pages_mapped_in(e->mm, v->start, v->end) : 0);
	if (!err && plan->rq->device_map)
		err = plan->rq->device_map(v, v->file);
	if (err)
		return err;
	return plan->fixed ? edit_reserve_carve(e, v->start, v->end, 1) : edit_reserve(e, 1);
}

static void map_commit(struct edit *e, struct map_plan *plan)
{
	if (plan->fixed)
		edit_unmap(e, plan->vma.start, plan->vma.end);
	edit_add(e, &plan->vma);
}

static void populate_after_map(struct mm *mm, const struct map_plan *plan)
{
	const struct vma *v = &plan->vma;
	u32 flags = plan->rq->flags;

	if ((flags & (MAP_POPULATE | MAP_NONBLOCK)) != MAP_POPULATE && !(flags & MAP_LOCKED))
		return;
	mm_populate(mm, v->start, plan->len, (v->flags & (VMA_WRITE | VMA_SHARED)) == VMA_WRITE);
}

s64 mm_map(struct mm *mm, const struct map_request *rq)
{
	struct map_plan plan;
	struct edit e;
	int err;

	memset(&plan, 0, sizeof(plan));
	plan.rq = rq;
	err = check_arguments(&plan);
	if (!err)
		err = find_backing(&plan);
	if (err)
		return err;
	edit_begin(&e, mm);
	err = map_plan(&e, &plan);
	if (!err)
		map_commit(&e, &plan);
	edit_end(&e);
	put_plan(&plan);
	if (err)
		return err;
	populate_after_map(mm, &plan);
	return (s64)plan.vma.start;
}

s64 mm_unmap(struct mm *mm, vaddr_t addr, u64 len)
{
	struct edit e;
	int err = 0;

	if (page_offset_in(addr) || addr > USER_END || len > USER_END - addr)
		return -EINVAL;
	len = page_align_up(len);
	if (!len)
		return -EINVAL;
	edit_begin(&e, mm);
	if (vma_first_in(&mm->vmas, addr, addr + len)) {
		err = edit_reserve_carve(&e, addr, addr + len, 0);
		if (!err)
			edit_unmap(&e, addr, addr + len);
	}
	edit_end(&e);
	return err;
}

int mm_populate(struct mm *mm, vaddr_t addr, u64 len, bool write)
{
	vaddr_t end = page_align_up(addr + len);

	for (addr = page_align_down(addr); addr < end; addr += PAGE_SIZE) {
		switch (fault_resolve(mm, addr, write ? FAULT_WRITE : 0, false)) {
		case FAULT_OK:
			break;
		case FAULT_MAPERR:
			return -ENOMEM;
		case FAULT_OOM:
			return -ENOMEM;
		default:
			return -EFAULT;
		}
		if (thread_is_killed())
			return -EINTR;
		cond_resched();
	}
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * mmap(2) and munmap(2): plan, then commit.
 *
 *	mm_map:  check the length, make the object behind MAP_SHARED|MAP_ANONYMOUS         no lock
 *	         place, rights, limits, nodes                      plan     may fail       mm->lock
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
#include "mm/commit.h"
#include "mm/edit.h"
#include "mm/fault.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/rmap.h"
#include "mm/shm.h"
#include "sched/cred.h"

/* What is to be mapped, as it is worked out. */
struct map_plan {
	const struct map_request *rq;
	u64 len; /* bytes, whole pages */
	bool fixed;
	struct vma vma; /* as it will be */
	struct shm_object shm;
	bool counted; /* as a shared writer of its mapping: ask_seals() */
	int shm_err;  /* it could not be made */
};

static bool wants_shared(const struct map_request *rq)
{
	u32 type = rq->flags & MAP_TYPE;

	return type == MAP_SHARED || type == MAP_SHARED_VALIDATE;
}

/* --- before the lock --- */

/* Flags that MAP_SHARED_VALIDATE accepts (Linux's LEGACY_MAP_MASK: the bits of MAP_HUGE_* are in it,
 * MAP_FIXED_NOREPLACE and MAP_SYNC are not). */
#define KNOWN_FLAGS                                                                                \
	(MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE | MAP_EXECUTABLE | MAP_LOCKED |      \
		MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB |            \
		MAP_GROWSDOWN | MAP_32BIT | MAP_UNINITIALIZED | MAP_HUGE_2MB | MAP_HUGE_1GB)

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

/* An object of its own is behind MAP_SHARED|MAP_ANONYMOUS, and behind shared mappings of /dev/zero
 * that may be written. */
static bool wants_shared_memory(const struct map_request *rq)
{
	if (rq->flags & MAP_GROWSDOWN)
		return false;
	if (!rq->file)
		return !rq->mapping && (rq->flags & MAP_TYPE) == MAP_SHARED;
	return rq->is_zeros && wants_shared(rq) && rq->file_readable && rq->file_writable;
}

/* It is made here, because that takes locks that come before mm->lock; an error is told when all
 * others are. */
static void make_shared_memory(struct map_plan *plan)
{
	bool reserve =
		!(plan->rq->flags & MAP_NORESERVE) || commit_settings.mode == OVERCOMMIT_NEVER;

	if (wants_shared_memory(plan->rq))
		plan->shm_err = shm_create(
			"/dev/zero (deleted)", plan->len, reserve ? 0 : SHM_NORESERVE, &plan->shm);
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

/* A range in which to search from below. */
struct bounds {
	vaddr_t low, high;
};

/* Where the old layout begins, and where the first two GiB that MAP_32BIT asks for have room. */
#define BOTTOM_UP_BASE page_align_up(USER_END / 3)
#define LOW_BASE       0x40000000UL
#define LOW_END        0x80000000UL

static s64 search_bottom_up(struct mm *mm, vaddr_t hint, u64 len, struct bounds b)
{
	vaddr_t addr;

	if (len > b.high)
		return -ENOMEM;
	hint = page_align_up(hint);
	if (hint && hint <= b.high - len && is_free(mm, hint, len))
		return (s64)hint;
	return vma_gap_bottom_up(&mm->vmas, len, b.low, b.high, &addr) ? (s64)addr : -ENOMEM;
}

static s64 search_top_down(struct mm *mm, vaddr_t hint, u64 len, vaddr_t low)
{
	vaddr_t addr;

	hint = page_align_down(hint);
	if (hint && is_free(mm, hint, len))
		return (s64)hint;
	if (vma_gap_top_down(&mm->vmas, len, low, mm->mmap_base, &addr))
		return (s64)addr;
	return search_bottom_up(mm, 0, len, (struct bounds){ BOTTOM_UP_BASE, USER_END });
}

/* low_slack: MAP_32BIT's search begins so far above its base. */
static s64 find_place(struct mm *mm, vaddr_t hint, u64 len, u32 map_flags, u64 low_slack)
{
	if (map_flags & MAP_32BIT)
		return search_bottom_up(
			mm, hint, len, (struct bounds){ LOW_BASE + low_slack, LOW_END });
	if (mm->bottom_up)
		return search_bottom_up(mm, hint, len, (struct bounds){ mm->mmap_base, USER_END });
	return search_top_down(mm, hint, len, PAGE_SIZE);
}

s64 mmap_find_place(struct mm *mm, vaddr_t hint, u64 len)
{
	return find_place(mm, hint, len, 0, 0);
}

/* A hint that asks for what is too low asks for the lowest that may be (mremap takes it as it is). */
static vaddr_t round_hint(vaddr_t hint)
{
	hint = page_align_down(hint);
	return hint && hint < mm_min_addr ? page_align_up(mm_min_addr) : hint;
}

/* A hint is rounded down to huge pages, be it to 0, which is not for all. */
static s64 find_huge_place(struct mm *mm, const struct map_plan *plan)
{
	u64 size = plan->rq->huge_size;
	vaddr_t hint = ALIGN_DOWN(round_hint(plan->rq->addr), size);
	s64 addr;

	if (plan->rq->addr && is_free(mm, hint, plan->len))
		return (s64)hint;
	addr = find_place(mm, 0, plan->len + size - PAGE_SIZE, 0, 0);
	return addr < 0 ? addr : (s64)ALIGN_UP((u64)addr, size);
}

/* Without MAP_FIXED. */
static s64 find_place_for(struct mm *mm, const struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;

	if (rq->huge_size)
		return find_huge_place(mm, plan);
	return find_place(mm, round_hint(rq->addr), plan->len, rq->flags, rq->low_slack);
}

/* The address, or -ENOMEM, -EINVAL, -EPERM, -EEXIST. */
static s64 choose_address(struct mm *mm, struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;
	s64 addr = (s64)rq->addr;

	plan->fixed = rq->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
	if (!plan->fixed)
		addr = find_place_for(mm, plan);
	else if (rq->huge_size && (rq->addr & (rq->huge_size - 1)))
		return -EINVAL;
	else if (rq->addr > USER_END - plan->len)
		return -ENOMEM;
	else if (page_offset_in(rq->addr))
		return -EINVAL;
	if (addr >= 0 && (u64)addr < mm_min_addr && !current_can(CAP_SYS_RAWIO))
		return -EPERM;
	if ((rq->flags & MAP_FIXED_NOREPLACE) &&
		vma_first_in(&mm->vmas, rq->addr, rq->addr + plan->len))
		return -EEXIST;
	return addr;
}

/* --- what --- */

static u32 flags_for(const struct map_request *rq, const struct mm *mm)
{
	u32 flags =
		(rq->prot & VMA_PROT_MASK) | VMA_MAY_MASK | rq->extra_vma_flags | mm->lock_future;

	if (rq->flags & MAP_GROWSDOWN)
		flags |= VMA_GROWSDOWN;
	if (rq->flags & MAP_LOCKED)
		flags |= VMA_LOCKED;
	if (rq->flags & MAP_SYNC)
		flags |= VMA_SYNC;
	/* Who promises only what there is does not listen to this. */
	if ((rq->flags & MAP_NORESERVE) && commit_settings.mode != OVERCOMMIT_NEVER)
		flags |= VMA_NORESERVE;
	return flags;
}

static int check_locked(const struct mm *mm, const struct map_plan *plan)
{
	if ((plan->rq->flags & MAP_LOCKED) && !mlock_is_permitted())
		return -EPERM;
	return mlock_may_grow(mm, plan->vma.flags, plan->len >> PAGE_SHIFT) ? 0 : -EAGAIN;
}

/* The kind of sharing against the file's open mode; sets what mprotect may grant later. */
static int check_sharing(struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;
	u32 type = rq->flags & MAP_TYPE;
	u32 *flags = &plan->vma.flags;

	if (type == MAP_SHARED_VALIDATE && (rq->flags & ~(u64)(u32)KNOWN_FLAGS))
		return -EOPNOTSUPP;
	if (!wants_shared(rq))
		return type == MAP_PRIVATE ? 0 : -EINVAL;
	if ((rq->prot & PROT_WRITE) && !rq->file_writable)
		return -EACCES;
	if (!rq->file_writable)
		*flags &= ~VMA_MAYWRITE;
	*flags |= VMA_SHARED;
	return 0;
}

/* Of a file that is sealed, mprotect cannot grant writing either. */
static int check_sealed(struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;

	if (!rq->file_sealed || !wants_shared(rq))
		return 0;
	if (rq->prot & PROT_WRITE)
		return -EPERM;
	plan->vma.flags &= ~VMA_MAYWRITE;
	return 0;
}

/* The last byte must have an offset that the file can have. */
static bool is_within_file_limit(const struct map_plan *plan)
{
	u64 limit = plan->rq->file_limit ? plan->rq->file_limit : (u64)__LONG_MAX__;

	return plan->len <= limit && plan->rq->pgoff <= (limit - plan->len) >> PAGE_SHIFT;
}

static int check_file(struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;
	int err;

	if (!is_within_file_limit(plan))
		return -EOVERFLOW;
	err = check_sharing(plan);
	if (err)
		return err;
	if (!rq->file_readable)
		return -EACCES;
	if (rq->file_noexec) {
		if (rq->prot & PROT_EXEC)
			return -EPERM;
		plan->vma.flags &= ~VMA_MAYEXEC;
	}
	if (rq->file_unmappable)
		return -ENODEV;
	if (rq->flags & MAP_GROWSDOWN)
		return -EINVAL;
	return check_sealed(plan);
}

static int check_anonymous(struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;

	if ((rq->flags & MAP_TYPE) == MAP_SHARED) {
		plan->vma.flags |= VMA_SHARED;
		return rq->flags & MAP_GROWSDOWN ? -EINVAL : 0;
	}
	return (rq->flags & MAP_TYPE) == MAP_PRIVATE ? 0 : -EINVAL;
}

/* Huge pages stay in memory anyway, and are promised one by one or not at all. */
static u32 huge_flags(const struct map_plan *plan)
{
	u32 flags = plan->vma.flags & ~VMA_LOCK_MASK;

	return plan->rq->flags & MAP_NORESERVE ? flags | VMA_NORESERVE : flags;
}

static int check_rights(struct mm *mm, struct map_plan *plan)
{
	int err;

	plan->vma.flags = flags_for(plan->rq, mm);
	err = check_locked(mm, plan);
	if (!err)
		err = plan->rq->file ? check_file(plan) : check_anonymous(plan);
	if (plan->vma.flags & VMA_HUGETLB)
		plan->vma.flags = huge_flags(plan);
	else if (!err && edit_is_accountable(plan->vma.flags))
		plan->vma.flags |= VMA_ACCOUNT;
	return err;
}

/* The VMA's backing. /dev/zero is a file whose private pages are as anonymous as any. */
static void set_backing(struct map_plan *plan)
{
	const struct map_request *rq = plan->rq;
	struct vma *v = &plan->vma;

	v->mapping = rq->mapping;
	v->file = rq->file;
	v->file_ops = rq->file_ops;
	v->pgoff = rq->pgoff;
	if (plan->shm.file) {
		v->mapping = plan->shm.mapping;
		v->file = plan->shm.file;
		v->file_ops = plan->shm.file_ops;
		v->pgoff = rq->file ? rq->pgoff : 0;
	} else if (!v->mapping && !v->file) {
		v->pgoff = v->start >> PAGE_SHIFT;
	}
	v->ops = back_for(v->mapping);
}

/* --- plan and commit --- */

/* What is mapped in [start, end) in pages; *charged: of these, how many memory is promised for. */
static u64 pages_mapped_in(struct mm *mm, vaddr_t start, vaddr_t end, u64 *charged)
{
	struct vma *v = vma_first_in(&mm->vmas, start, end);
	u64 nr = 0;

	*charged = 0;
	for (; v && v->start < end; v = vma_next(v)) {
		u64 part = (min(v->end, end) - max(v->start, start)) >> PAGE_SHIFT;

		nr += part;
		if (v->flags & VMA_ACCOUNT)
			*charged += part;
	}
	return nr;
}

/* The limits and the promise, less what goes in exchange. 0 or -ENOMEM. */
static int admit(struct edit *e, const struct map_plan *plan)
{
	const struct vma *v = &plan->vma;
	u64 replaced = 0, charged = 0;

	if (plan->fixed)
		replaced = pages_mapped_in(e->mm, v->start, v->end, &charged);
	if (!edit_may_expand(e->mm, v->flags, vma_pages(v) - replaced))
		return -ENOMEM;
	return v->flags & VMA_ACCOUNT ? edit_charge(e, vma_pages(v) - charged) : 0;
}

/* A mapping that can be sealed counts its writers, this one too from now on. 0 or -EPERM. */
static int ask_seals(struct map_plan *plan)
{
	const struct vma *v = &plan->vma;
	int err;

	if (!v->mapping || !(v->mapping->flags & MAPPING_SEALABLE) ||
		(v->flags & (VMA_SHARED | VMA_MAYWRITE)) != (VMA_SHARED | VMA_MAYWRITE))
		return 0;
	err = rmap_begin_shared_write(v->mapping);
	plan->counted = !err;
	return err;
}

/* => mm->lock held for writing. 0 or -errno, nothing changed. */
static int map_plan(struct edit *e, struct map_plan *plan)
{
	struct mm *mm = e->mm;
	struct vma *v = &plan->vma;
	s64 addr;
	int err;

	if (mm->vmas.count > mm_max_map_count)
		return -ENOMEM;
	addr = choose_address(mm, plan);
	if (addr < 0)
		return (int)addr;
	err = check_rights(mm, plan);
	if (err)
		return err;
	v->mm = mm;
	v->start = (vaddr_t)addr;
	v->end = v->start + plan->len;
	set_backing(plan);
	err = ask_seals(plan);
	if (err)
		return err;
	err = admit(e, plan);
	if (!err)
		err = plan->shm_err;
	if (!err && plan->rq->device_map)
		err = plan->rq->device_map(v, v->file);
	if (err)
		return err;
	err = plan->fixed ? edit_reserve_carve(e, v->start, v->end, 1) : edit_reserve(e, 1);
	return err ? -ENOMEM : 0; /* so Linux 6.1 says also of huge pages that would be cut */
}

static void map_commit(struct edit *e, struct map_plan *plan)
{
	if (plan->fixed)
		edit_unmap(e, plan->vma.start, plan->vma.end);
	edit_add(e, &plan->vma);
}

static bool wants_pages(const struct map_plan *plan)
{
	return (plan->vma.flags & VMA_LOCKED) ||
	       (plan->rq->flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE;
}

static int plan_and_commit(struct edit *e, struct map_plan *plan)
{
	int err = map_plan(e, plan);

	if (!err)
		map_commit(e, plan);
	if (plan->counted)
		rmap_end_shared_write(plan->vma.mapping);
	return err;
}

int mmap_replace(struct edit *e, const struct map_request *rq)
{
	struct map_plan plan = { .rq = rq };
	int err = check_length(&plan);

	return err ? err : plan_and_commit(e, &plan);
}

s64 mm_map(struct mm *mm, const struct map_request *rq)
{
	struct map_plan plan;
	struct edit e;
	int err;

	memset(&plan, 0, sizeof(plan));
	plan.rq = rq;
	err = check_length(&plan);
	if (err)
		return err;
	make_shared_memory(&plan);
	edit_begin(&e, mm);
	err = plan_and_commit(&e, &plan);
	edit_end(&e);
	put_plan(&plan);
	if (err)
		return err;
	if (wants_pages(&plan))
		mm_populate(mm, plan.vma.start, plan.len);
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

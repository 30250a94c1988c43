// SPDX-License-Identifier: MIT
/*
 * mlock(2) and its relatives: memory that is there, and stays.
 *
 *	mlock, mlock2       VMA_LOCKED (and VMA_LOCKONFAULT) on the range, then populate it
 *	mlockall CURRENT    the same for all that is mapped; what cannot be had is left out
 *	mlockall FUTURE     mm->lock_future: flags that mmap, brk and new stacks begin with
 *	munlock, munlockall the flags go; the pages are not touched
 *
 * Locking is a property of the VMA. That reclaim leaves the pages alone follows from it: each entry
 * of a locked VMA is counted in its page (lru.c), from when it is installed (back_*.c, cow.c) until
 * it is zapped (zap.c); mlock_set_flags() catches up with those that are there already. Flags and
 * counts change together under pt_lock, so that nobody who zaps takes away what was not counted.
 *
 * A hole in the range is found on the way: what lies before it is locked then (POSIX permits it,
 * and so it is on Linux).
 */
#include "mm/mlock.h"

#include <linux/mman.h>
#include "arch/user.h"
#include "lib/err.h"
#include "mm/edit.h"
#include "mm/lru.h"
#include "sched/cred.h"

bool mlock_is_permitted(void)
{
	return current_limit(RLIMIT_MEMLOCK) || current_can(CAP_IPC_LOCK);
}

static bool is_within_limit(u64 nr_pages)
{
	return nr_pages <= current_limit(RLIMIT_MEMLOCK) >> PAGE_SHIFT || current_can(CAP_IPC_LOCK);
}

bool mlock_may_grow(const struct mm *mm, u32 flags, u64 nr_pages)
{
	return !(flags & VMA_LOCKED) || is_within_limit(mm->locked_pages + nr_pages);
}

/* --- the pages --- */

static void count_entry(pte_t pte, bool lock)
{
	struct page *p = pfn_to_page(pte_pfn(pte));

	if (!pte_present(pte) || p == zero_page)
		return;
	if (lock)
		lru_mlock(p);
	else
		lru_munlock(p);
}

void mlock_set_flags(struct vma *v, u32 flags)
{
	struct mm *mm = v->mm;
	vaddr_t addr = v->start;
	struct pt_span span;

	spin_lock(&mm->pt_lock);
	while (pt_next_span(&mm->mmu, addr, v->end, &span)) {
		for (u64 i = 0; i < span.nr; i++)
			count_entry(pte_get(&span.pte[i]), flags & VMA_LOCKED);
		addr = span.addr + (span.nr << PAGE_SHIFT);
	}
	v->flags = flags;
	spin_unlock(&mm->pt_lock);
}

/* --- the VMAs --- */

/* v's part [start, end). Returns what covers it now, or ERR_PTR. Frames of a device and huge pages
 * stay anyway. */
static struct vma *lock_vma(struct edit *e, struct vma *v, vaddr_t start, vaddr_t end, u32 lock)
{
	u32 flags = (v->flags & ~VMA_LOCK_MASK) | lock;
	int err;

	if (flags == v->flags || (v->flags & (VMA_DEVICE | VMA_HUGETLB)))
		return v;
	err = edit_reserve_flags(e, v, start, end, flags);
	return err ? ERR_PTR(err) : edit_set_flags(e, v, start, end, flags);
}

/* All VMAs of [start, end), which must be without holes. 0 or -ENOMEM. */
static int lock_range(struct edit *e, vaddr_t start, vaddr_t end, u32 lock)
{
	struct vma *v = vma_find(&e->mm->vmas, start);

	for (;;) {
		vaddr_t stop;

		if (!v || v->start > start)
			return -ENOMEM;
		stop = min(v->end, end);
		v = lock_vma(e, v, start, stop, lock);
		if (IS_ERR(v))
			return (int)PTR_ERR(v);
		start = max(v->end, stop);
		if (start >= end)
			return 0;
		v = vma_next(v);
	}
}

static u64 locked_pages_in(struct mm *mm, vaddr_t start, vaddr_t end)
{
	struct vma *v = vma_first_in(&mm->vmas, start, end);
	u64 nr = 0;

	for (; v && v->start < end; v = vma_next(v))
		if (v->flags & VMA_LOCKED)
			nr += (min(v->end, end) - max(v->start, start)) >> PAGE_SHIFT;
	return nr;
}

/* => mm->lock held for writing */
static int lock_within_limit(struct edit *e, vaddr_t start, u64 len, u32 lock)
{
	struct mm *mm = e->mm;
	u64 nr = mm->locked_pages + (len >> PAGE_SHIFT);

	/* What is locked already is not counted twice. */
	if (!is_within_limit(nr) && !is_within_limit(nr - locked_pages_in(mm, start, start + len)))
		return -ENOMEM;
	if (start + len < start)
		return -EINVAL;
	return len ? lock_range(e, start, start + len, lock) : 0;
}

/* Whole pages. A length so large that it wraps becomes 0, as on Linux. */
static void round_to_pages(vaddr_t *addr, u64 *len)
{
	*len = page_align_up(*len + page_offset_in(*addr));
	*addr = page_align_down(*addr);
}

/* POSIX: pages that cannot be had are ENOMEM, and no memory for them is EAGAIN. */
static int posix_error(int err)
{
	return err == -EFAULT ? -ENOMEM : err == -ENOMEM ? -EAGAIN : err;
}

s64 mm_lock(struct mm *mm, vaddr_t addr, u64 len, int flags)
{
	u32 lock = VMA_LOCKED | (flags & MLOCK_ONFAULT ? VMA_LOCKONFAULT : 0);
	struct edit e;
	int err;

	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	if (!mlock_is_permitted())
		return -EPERM;
	round_to_pages(&addr, &len);
	edit_begin(&e, mm);
	err = lock_within_limit(&e, addr, len, lock);
	edit_end(&e);
	return err ? err : posix_error(mm_populate_all(mm, addr, len));
}

s64 mm_unlock(struct mm *mm, vaddr_t addr, u64 len)
{
	struct edit e;
	int err;

	round_to_pages(&addr, &len);
	if (addr + len < addr)
		return -EINVAL;
	if (!len)
		return 0;
	edit_begin(&e, mm);
	err = lock_range(&e, addr, addr + len, 0);
	edit_end(&e);
	return err;
}

/* A VMA that cannot be had (no memory for its pieces) is left out. */
static void lock_all(struct edit *e, u32 lock)
{
	struct vma *v = vma_first(&e->mm->vmas), *now;

	for (; v; v = vma_next(v)) {
		now = lock_vma(e, v, v->start, v->end, lock);
		if (!IS_ERR(now))
			v = now;
	}
}

s64 mm_lock_all(struct mm *mm, int flags)
{
	u32 lock = VMA_LOCKED | (flags & MCL_ONFAULT ? VMA_LOCKONFAULT : 0);
	struct edit e;
	int err = 0;

	if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) || flags == MCL_ONFAULT)
		return -EINVAL;
	if (!mlock_is_permitted())
		return -EPERM;
	edit_begin(&e, mm);
	if ((flags & MCL_CURRENT) && !is_within_limit(mm->total_pages)) {
		err = -ENOMEM;
	} else {
		mm->lock_future = flags & MCL_FUTURE ? lock : 0;
		if (flags & MCL_CURRENT)
			lock_all(&e, lock);
	}
	edit_end(&e);
	if (!err && (flags & MCL_CURRENT))
		mm_populate(mm, 0, USER_END);
	return err;
}

s64 mm_unlock_all(struct mm *mm)
{
	struct edit e;

	edit_begin(&e, mm);
	mm->lock_future = 0;
	lock_all(&e, 0);
	edit_end(&e);
	return 0;
}

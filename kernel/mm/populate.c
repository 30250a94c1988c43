// SPDX-License-Identifier: MIT
/*
 * Populating: touching pages before the program does (MAP_POPULATE, mlock; Linux's __mm_populate).
 * VMA by VMA, with no lock held between the pages: what is mapped may change meanwhile, and then
 * what is there now is touched.
 */
#include "arch/user.h"
#include "lib/err.h"
#include "mm/fault.h"
#include "mm/mlock.h"
#include "sched/sched.h"

/* What has to be known of a VMA without holding it. */
struct part {
	vaddr_t start, end;
	bool write, skip;
};

/* The part of the first VMA that overlaps [start, end), to be skipped unless it has the flags
 * `needed`. False: there is none. */
static bool next_part(struct mm *mm, vaddr_t start, vaddr_t end, u32 needed, struct part *part)
{
	struct vma *v;

	rwsem_read_lock(&mm->lock);
	v = vma_first_in(&mm->vmas, start, end);
	if (v) {
		part->start = max(start, v->start);
		part->end = min(end, v->end);
		part->write = (v->flags & (VMA_WRITE | VMA_SHARED)) == VMA_WRITE;
		part->skip = (v->flags & (VMA_LOCKONFAULT | VMA_DEVICE)) || (needed & ~v->flags);
	}
	rwsem_read_unlock(&mm->lock);
	return v;
}

/* 0, -errno; or 1: nothing is mapped at addr any more. */
static int touch(struct mm *mm, vaddr_t addr, bool write)
{
	if (thread_is_killed())
		return -EINTR;
	switch (fault_resolve(mm, addr, write ? FAULT_WRITE : 0, false)) {
	case FAULT_OK:
		return 0;
	case FAULT_MAPERR:
		return 1;
	case FAULT_OOM:
		return -ENOMEM;
	case FAULT_KILLED:
		return -EINTR;
	default:
		return -EFAULT;
	}
}

static int populate_part(struct mm *mm, const struct part *part)
{
	int err = 0;

	for (vaddr_t addr = part->start; !err && addr < part->end; addr += PAGE_SIZE) {
		err = touch(mm, addr, part->write);
		cond_resched();
	}
	return err < 0 ? err : 0;
}

/* What VMAs with the flags `needed` map. past_errors: what cannot be had is left out, and the rest is
 * touched all the same. */
static int populate(struct mm *mm, vaddr_t addr, vaddr_t end, u32 needed, bool past_errors)
{
	struct part part;
	int err;

	for (; addr < end && next_part(mm, addr, end, needed, &part); addr = part.end) {
		err = part.skip ? 0 : populate_part(mm, &part);
		if (err == -EINTR || (err && !past_errors))
			return err;
	}
	return 0;
}

int mm_populate_all(struct mm *mm, vaddr_t addr, u64 len)
{
	return populate(mm, addr, addr + len, 0, false);
}

void mm_populate(struct mm *mm, vaddr_t addr, u64 len)
{
	populate(mm, addr, min(addr + len, USER_END), 0, true);
}

void mm_populate_locked(struct mm *mm, vaddr_t start, vaddr_t end)
{
	populate(mm, start, end, VMA_LOCKED, true);
}

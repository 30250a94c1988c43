// SPDX-License-Identifier: MIT
/*
 * MADV_COLLAPSE: "make huge pages of this now". There are none to be had, so what Linux would do
 * fails as on a machine whose memory is in pieces: ENOMEM. What remains is to tell it from what cannot
 * be done at all:
 *
 *	the VMA            of a file on a disk, of a device, MADV_NOHUGEPAGE, without room for one,
 *	                   at another place within huge pages than in the file, never written to      -EINVAL
 *	the range          no whole huge page in it (or less than that)                               0 (-EINVAL)
 *	what is in it      nothing, or nothing that was written                                       -EINVAL
 *
 * Locks: takes pt_lock.
 */
#include "lib/err.h"
#include "mm/madvise_collapse.h"
#include "mm/pagecache.h"

#define HUGE MIB(2)

/* Is there anything in [start, end) that would become part of a huge page? */
static bool has_pages(struct mm *mm, vaddr_t start, vaddr_t end, bool shared)
{
	struct pt_span span;
	bool any = false;

	spin_lock(&mm->pt_lock);
	while (!any && pt_next_span(&mm->mmu, start, end, &span)) {
		for (u64 i = 0; i < span.nr && !any; i++) {
			pte_t pte = pte_get(&span.pte[i]);

			any = pte_present(pte) && (shared || pte_writable(pte));
		}
		start = span.addr + (span.nr << PAGE_SHIFT);
	}
	spin_unlock(&mm->pt_lock);
	return any;
}

/* As Linux looks for it, from the end. Of a VMA that ends below 2 MiB that comes out as a place at the
 * top of all addresses, which is not found wanting. */
static bool has_room(const struct vma *v)
{
	vaddr_t last = ALIGN_DOWN(v->end - HUGE, HUGE);

	return last >= v->start && last + HUGE <= v->end;
}

/* Do huge pages of memory hold huge pages of the file? */
static bool is_aligned(const struct vma *v)
{
	return !v->mapping || IS_ALIGNED(v->start - (v->pgoff << PAGE_SHIFT), HUGE);
}

static bool can_be_huge(const struct vma *v)
{
	if (v->flags & (VMA_DEVICE | VMA_HUGETLB | VMA_NOHUGEPAGE) ||
		!(v->mapping || v->ever_private))
		return false;
	return has_room(v) && is_aligned(v) && !(v->mapping && mapping_has_disk(v->mapping));
}

int collapse_part(struct mm *mm, const struct vma *v, vaddr_t start, vaddr_t end, int advice)
{
	vaddr_t first = ALIGN_UP(start, HUGE), last = ALIGN_DOWN(end, HUGE);

	(void)advice;
	if (!can_be_huge(v) || first > last)
		return -EINVAL;
	if (first == last)
		return 0;
	return has_pages(mm, first, last, v->flags & VMA_SHARED) ? -ENOMEM : -EINVAL;
}

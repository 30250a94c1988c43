// SPDX-License-Identifier: MIT
/* Looking at an address space from outside: what /proc/PID/maps, smaps and pagemap show. */
#include "mm/fault.h"
#include "mm/zap.h"

void mm_for_each_vma(struct mm *mm, bool (*fn)(struct vma *vma, void *arg), void *arg)
{
	struct vma *v;

	rwsem_read_lock(&mm->lock);
	vma_for_each(v, &mm->vmas) if (!fn(v, arg)) break;
	rwsem_read_unlock(&mm->lock);
}

bool mm_vma_at_or_above(
	struct mm *mm, vaddr_t addr, bool (*fn)(struct vma *vma, void *arg), void *arg)
{
	struct vma *v;

	rwsem_read_lock(&mm->lock);
	v = vma_at_or_above(&mm->vmas, addr, NULL);
	for (; v && fn(v, arg); v = vma_next(v))
		;
	rwsem_read_unlock(&mm->lock);
	return v;
}

static void count_entry(struct vma_usage *u, pte_t pte)
{
	struct page *p = pfn_to_page(pte_pfn(pte));
	bool dirty = pte_dirty(pte) || page_test(p, PG_DIRTY);
	s32 maps = atomic_read(&p->maps);

	if (p == zero_page)
		return;
	u->rss++;
	u->pss_x4096 += 4096 / (u64)max(maps, 1);
	if (maps > 1)
		dirty ? u->shared_dirty++ : u->shared_clean++;
	else
		dirty ? u->private_dirty++ : u->private_clean++;
	if (pte_young(pte) || page_test(p, PG_REFERENCED))
		u->referenced++;
	if (p->flags & PG_ANON)
		u->anonymous++;
}

void mm_vma_usage(struct vma *vma, struct vma_usage *u)
{
	struct mm *mm = vma->mm;
	vaddr_t addr = vma->start;
	struct pt_span span;

	*u = (struct vma_usage){ 0 };
	if (vma->flags & VMA_DEVICE)
		return;
	spin_lock(&mm->pt_lock);
	while (pt_next_span(&mm->mmu, addr, vma->end, &span)) {
		for (u64 i = 0; i < span.nr; i++)
			if (pte_present(pte_get(&span.pte[i])))
				count_entry(u, pte_get(&span.pte[i]));
		addr = span.addr + (span.nr << PAGE_SHIFT);
	}
	spin_unlock(&mm->pt_lock);
}

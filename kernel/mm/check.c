// SPDX-License-Identifier: MIT
/*
 * mm_check: do all the books of an address space agree? Each rule panics with the two things that
 * do not.
 *
 *	1 VMAs     in order, aligned, without overlap; their count; gaps as the tree says
 *	2 pages    total, data, stack, locked: the sums over the VMAs
 *	3 entries  each lies in a VMA and permits no more than it
 *	4 frames   an entry's page has at least as many references as maps, and at least one of each; in a private VMA or of the
 *	           VMA's own mapping, at its own index
 *	5 RSS      the counters are what the entries add up to
 *	6 rmap     each VMA of a mapping is in the mapping's tree
 *
 * Locks: mm->lock held; takes pt_lock for 3 to 5, rmap_lock for 6.
 */
#include "arch/user.h"
#include "debug/panic.h"
#include "mm/fault.h"
#include "mm/rmap.h"

bool mm_check_always;

struct sums {
	u64 count, total, data, stack, locked;
	s64 anon, file, shmem;
};

static void check_vma(struct mm *mm, const struct vma *v, struct sums *s)
{
	const struct vma *prev = vma_prev(v);
	vaddr_t prev_end = prev ? prev->end : 0, top = vma_start_with_guard(v);

	if (v->start >= v->end || page_offset_in(v->start | v->end) || v->end > USER_END ||
		v->mm != mm)
		panic("mm_check: VMA %lx-%lx is no range of this mm", v->start, v->end);
	if (v->start < prev_end)
		panic("mm_check: VMA %lx-%lx overlaps the one below, which ends at %lx", v->start,
			v->end, prev_end);
	if (v->gap != (top > prev_end ? top - prev_end : 0))
		panic("mm_check: VMA %lx-%lx: gap %lx below it, but the tree says %lx", v->start,
			v->end, top - prev_end, v->gap);
	s->count++;
	s->total += vma_pages(v);
	if (v->flags & VMA_GROWSDOWN)
		s->stack += vma_pages(v);
	else if ((v->flags & (VMA_WRITE | VMA_SHARED)) == VMA_WRITE)
		s->data += vma_pages(v);
	if (v->flags & VMA_LOCKED)
		s->locked += vma_pages(v);
}

static void check_counters(const struct mm *mm, const struct sums *s)
{
	if (s->count != mm->vmas.count)
		panic("mm_check: %lu VMAs, counted as %lu", s->count, mm->vmas.count);
	if (s->total != mm->total_pages || s->data != mm->data_pages ||
		s->stack != mm->stack_pages || s->locked != mm->locked_pages)
		panic("mm_check: pages total/data/stack/locked %lu/%lu/%lu/%lu, counted as "
		      "%lu/%lu/%lu/%lu",
			s->total, s->data, s->stack, s->locked, mm->total_pages, mm->data_pages,
			mm->stack_pages, mm->locked_pages);
}

static void check_cache_page(const struct vma *v, vaddr_t addr, const struct page *p)
{
	const struct mapping *m = __atomic_load_n(&p->mapping, __ATOMIC_RELAXED);

	if (m && (m != v->mapping || page_index(p) != vma_pgoff_at(v, addr)))
		panic("mm_check: %lx maps page %lu of mapping %p, but the VMA is at page %lu of %p",
			addr, page_index(p), m, vma_pgoff_at(v, addr), v->mapping);
}

static void check_entry(const struct vma *v, vaddr_t addr, pte_t pte, struct sums *s)
{
	struct page *p = pfn_to_page(pte_pfn(pte));
	s32 refs, maps;

	if ((pte_writable(pte) && !(v->flags & VMA_WRITE)) ||
		(pte_accessible(pte) && pte_executable(pte) && !(v->flags & VMA_EXEC)) ||
		(pte_accessible(pte) && !(v->flags & VMA_PROT_MASK)))
		panic("mm_check: entry %lx at %lx permits more than VMA flags %x", pte, addr,
			v->flags);
	if (v->flags & VMA_DEVICE)
		return;
	if (p == zero_page) {
		if (pte_writable(pte))
			panic("mm_check: the zero page is writable at %lx", addr);
		return;
	}
	refs = atomic_read(&p->refs);
	maps = atomic_read(&p->maps);
	if (maps < 1 || refs < maps)
		panic("mm_check: frame %lx at %lx has %d references and %d maps", pte_pfn(pte),
			addr, refs, maps);
	if (p->flags & PG_ANON) {
		if (v->flags & VMA_SHARED)
			panic("mm_check: a private page at %lx in a shared VMA", addr);
		if (pte_writable(pte) && maps != 1)
			panic("mm_check: private frame %lx is writable at %lx and mapped %d times",
				pte_pfn(pte), addr, maps);
		s->anon++;
		return;
	}
	check_cache_page(v, addr, p);
	if (p->flags & PG_SWAPBACKED)
		s->shmem++;
	else
		s->file++;
}

static void check_entries(struct mm *mm, struct sums *s)
{
	struct pt_span span;
	vaddr_t addr = 0;

	while (pt_next_span(&mm->mmu, addr, USER_END, &span)) {
		for (u64 i = 0; i < span.nr; i++) {
			pte_t pte = pte_get(&span.pte[i]);
			const struct vma *v;

			addr = span.addr + (i << PAGE_SHIFT);
			if (pte_none(pte))
				continue;
			v = vma_find(&mm->vmas, addr);
			if (!v)
				panic("mm_check: entry %lx at %lx lies in no VMA", pte, addr);
			check_entry(v, addr, pte, s);
		}
		addr = span.addr + (span.nr << PAGE_SHIFT);
	}
	if (s->anon != atomic64_read(&mm->rss_anon) || s->file != atomic64_read(&mm->rss_file) ||
		s->shmem != atomic64_read(&mm->rss_shmem))
		panic("mm_check: RSS anon/file/shmem %ld/%ld/%ld, counted as %ld/%ld/%ld", s->anon,
			s->file, s->shmem, atomic64_read(&mm->rss_anon),
			atomic64_read(&mm->rss_file), atomic64_read(&mm->rss_shmem));
}

static void check_rmap(struct vma *v)
{
	bool there;

	if (!v->mapping)
		return;
	mutex_lock(&v->mapping->rmap_lock);
	there = rmap_contains(v);
	mutex_unlock(&v->mapping->rmap_lock);
	if (!there)
		panic("mm_check: VMA %lx-%lx is missing in its mapping's tree", v->start, v->end);
}

void mm_check(struct mm *mm)
{
	struct sums sums = { 0 };
	struct vma *v;

	assert(rwsem_is_held(&mm->lock));
	vma_for_each(v, &mm->vmas)
	{
		check_vma(mm, v, &sums);
		check_rmap(v);
	}
	check_counters(mm, &sums);
	spin_lock(&mm->pt_lock);
	check_entries(mm, &sums);
	spin_unlock(&mm->pt_lock);
}

// SPDX-License-Identifier: MIT
/*
 * Who maps these pages of the cache? Each mapping keeps its VMAs in an interval tree: ordered by
 * the first page that they map, every subtree with its last page, so that a walk visits only VMAs
 * that overlap the range.
 *
 *	mapping->vmas:   [0..9] of libc in process 1, [0..9] in process 2, [4..4] in process 3, ...
 *	page 4  ->  addr = vma->start + (4 - vma->pgoff) pages  ->  the entry in vma->mm's page table
 *
 * Not here: when to unmap (truncate.c, reclaim.c), how (zap.c). Invariant: a VMA is in its
 * mapping's tree from before it has entries until after it has none; its bounds change only under
 * rmap_lock (edit.c), so a walk under rmap_lock sees what is mapped. Locks: rmap_lock around a
 * walk; pt_lock of one address space at a time inside it. Also around the question whether there is
 * any VMA at all: one whose bounds are being changed is out of the tree for a moment, but keeps its
 * entries.
 */
#include "arch/tlb.h"
#include "lib/err.h"
#include "mm/plant.h"
#include "mm/rmap.h"

static struct vma *of(struct rb_node *n)
{
	return n ? rb_entry(n, struct vma, rmap_node) : NULL;
}

static pgoff_t last_page(const struct vma *v)
{
	return v->pgoff + vma_pages(v) - 1;
}

static bool update_last_max(struct rb_node *n)
{
	struct vma *v = of(n);
	pgoff_t last = last_page(v);

	if (n->left)
		last = max(last, of(n->left)->rmap_last_max);
	if (n->right)
		last = max(last, of(n->right)->rmap_last_max);
	if (v->rmap_last_max == last)
		return false;
	v->rmap_last_max = last;
	return true;
}

static const struct rb_augment last_augment = { update_last_max };

static bool writes_shared(const struct vma *v)
{
	return (v->flags & (VMA_SHARED | VMA_MAYWRITE)) == (VMA_SHARED | VMA_MAYWRITE);
}

void rmap_insert(struct vma *v)
{
	struct rb_node **link = &v->mapping->vmas.root, *parent = NULL;

	debug_assert(mutex_is_mine(&v->mapping->rmap_lock));
	while (*link) {
		parent = *link;
		link = v->pgoff < of(parent)->pgoff ? &parent->left : &parent->right;
	}
	rb_insert(&v->mapping->vmas, &v->rmap_node, parent, link, &last_augment);
	if (writes_shared(v))
		v->mapping->nr_shared_writable++;
}

void rmap_remove(struct vma *v)
{
	debug_assert(mutex_is_mine(&v->mapping->rmap_lock));
	rb_erase(&v->mapping->vmas, &v->rmap_node, &last_augment);
	if (writes_shared(v))
		v->mapping->nr_shared_writable--;
}

/* --- seals --- */

int rmap_begin_shared_write(struct mapping *m)
{
	int err = 0;

	mutex_lock(&m->rmap_lock);
	if (m->no_shared_write)
		err = -EPERM;
	else
		m->nr_shared_writable++;
	mutex_unlock(&m->rmap_lock);
	return err;
}

void rmap_end_shared_write(struct mapping *m)
{
	mutex_lock(&m->rmap_lock);
	m->nr_shared_writable--;
	mutex_unlock(&m->rmap_lock);
}

int rmap_deny_shared_write(struct mapping *m)
{
	int err = 0;

	mutex_lock(&m->rmap_lock);
	if (m->nr_shared_writable)
		err = -EBUSY;
	else
		m->no_shared_write = true;
	mutex_unlock(&m->rmap_lock);
	return err;
}

/* --- walks --- */

/* The first VMA of the subtree that overlaps [first, last]. */
static struct vma *first_below(struct rb_node *n, pgoff_t first, pgoff_t last)
{
	while (n) {
		struct vma *v = of(n);

		/* If anything on the left reaches `first`, the answer is there or nowhere: all
		 * others begin later. */
		if (n->left && of(n->left)->rmap_last_max >= first) {
			n = n->left;
			continue;
		}
		if (v->pgoff > last)
			return NULL;
		if (last_page(v) >= first)
			return v;
		n = n->right && of(n->right)->rmap_last_max >= first ? n->right : NULL;
	}
	return NULL;
}

static struct vma *next_overlapping(struct vma *v, pgoff_t first, pgoff_t last)
{
	while ((v = of(rb_next(&v->rmap_node))) != NULL && v->pgoff <= last)
		if (last_page(v) >= first)
			return v;
	return NULL;
}

#define for_each_overlapping(v, m, first, last)                                                    \
	for ((v) = first_below((m)->vmas.root, first, last); (v);                                  \
		(v) = next_overlapping(v, first, last))

/* Where v maps the pages [first, last], cut to v. */
static void addresses_of(
	const struct vma *v, pgoff_t first, pgoff_t last, vaddr_t *start, vaddr_t *end)
{
	pgoff_t from = max(first, v->pgoff), to = min(last, last_page(v)) + 1;

	*start = v->start + ((from - v->pgoff) << PAGE_SHIFT);
	*end = v->start + ((to - v->pgoff) << PAGE_SHIFT);
}

bool rmap_contains(const struct vma *vma)
{
	struct vma *v;

	for_each_overlapping(v, vma->mapping, vma->pgoff, last_page(vma)) if (v == vma) return true;
	return false;
}

static void unmap_locked(struct mapping *m, pgoff_t first, pgoff_t last, enum zap_what what)
{
	struct vma *v;
	struct gather g;
	vaddr_t start, end;

	for_each_overlapping(v, m, first, last)
	{
		addresses_of(v, first, last, &start, &end);
		gather_begin(&g, v->mm);
		zap_range(&g, v, start, end, what, true);
		gather_plant(&g, PLANT_TRUNCATE);
		gather_finish(&g);
	}
}

void rmap_unmap_range(struct mapping *m, pgoff_t first, pgoff_t last, enum zap_what what)
{
	if (first > last)
		return;
	mutex_lock(&m->rmap_lock);
	unmap_locked(m, first, last, what);
	mutex_unlock(&m->rmap_lock);
}

/* Does a VMA with VMA_LOCKED map the page? One that comes to map it after this is noticed by
 * pagecache_remove_unused(). */
static bool is_locked_in_memory(struct mapping *m, pgoff_t index)
{
	struct vma *v;

	for_each_overlapping(v, m, index, index) if (v->flags & VMA_LOCKED) return true;
	return false;
}

/* => rmap_lock held */
static bool unmap_unless_locked(struct mapping *m, pgoff_t index)
{
	if (is_locked_in_memory(m, index))
		return false;
	unmap_locked(m, index, index, ZAP_CACHE);
	return true;
}

bool rmap_try_unmap(struct mapping *m, struct page *p)
{
	bool unmapped;

	if (!mutex_trylock(&m->rmap_lock))
		return false;
	unmapped = unmap_unless_locked(m, page_index(p));
	mutex_unlock(&m->rmap_lock);
	return unmapped;
}

bool rmap_unmap_page(struct mapping *m, struct page *p)
{
	bool unmapped;

	mutex_lock(&m->rmap_lock);
	unmapped = unmap_unless_locked(m, page_index(p));
	mutex_unlock(&m->rmap_lock);
	return unmapped;
}

/* Calls fn for each present entry of v in [start, end), pt_lock held; returns whether any call
 * returned true. */
static bool for_each_entry(struct vma *v, vaddr_t start, vaddr_t end, bool (*fn)(pte_t *slot))
{
	struct pt_span span;
	bool any = false;

	while (pt_next_span(&v->mm->mmu, start, end, &span)) {
		for (u64 i = 0; i < span.nr; i++)
			if (pte_present(pte_get(&span.pte[i])))
				any |= fn(&span.pte[i]);
		start = span.addr + (span.nr << PAGE_SHIFT);
	}
	return any;
}

static bool write_protect_entry(pte_t *slot)
{
	pte_t old = pte_get(slot);

	if (!pte_writable(old))
		return false;
	pte_exchange(slot, pte_mkclean(pte_wrprotect(old)));
	return true;
}

/* The entries of [first, last] in v. */
static void write_protect_part(struct vma *v, pgoff_t first, pgoff_t last)
{
	vaddr_t start, end;

	if (!writes_shared(v))
		return;
	addresses_of(v, first, last, &start, &end);
	spin_lock(&v->mm->pt_lock);
	if (for_each_entry(v, start, end, write_protect_entry) && !is_planted(PLANT_CLEAN))
		tlb_flush_range(&v->mm->mmu, start, end, false);
	spin_unlock(&v->mm->pt_lock);
}

void rmap_write_protect(struct mapping *m, pgoff_t first, pgoff_t last)
{
	struct vma *v;

	mutex_lock(&m->rmap_lock);
	if (m->nr_shared_writable) {
		for_each_overlapping(v, m, first, last) write_protect_part(v, first, last);
	}
	mutex_unlock(&m->rmap_lock);
}

/* The accessed bit without a flush: a TLB that still has the entry only makes the page look older
 * than it is. */
static bool test_and_clear_young(pte_t *slot)
{
	pte_t old = pte_get(slot);

	if (!pte_young(old) || !pte_accessible(old))
		return false;
	__atomic_fetch_and(slot, pte_mkold(~0UL), __ATOMIC_SEQ_CST);
	return true;
}

bool rmap_try_referenced(struct mapping *m, struct page *p, bool *referenced)
{
	pgoff_t index = page_index(p);
	struct vma *v;
	vaddr_t start, end;

	*referenced = false;
	if (!mutex_trylock(&m->rmap_lock))
		return false;
	for_each_overlapping(v, m, index, index)
	{
		addresses_of(v, index, index, &start, &end);
		spin_lock(&v->mm->pt_lock);
		*referenced |= for_each_entry(v, start, end, test_and_clear_young);
		spin_unlock(&v->mm->pt_lock);
	}
	mutex_unlock(&m->rmap_lock);
	return true;
}

/* --- checking --- */

static u64 count_entries(struct vma *v)
{
	vaddr_t addr = v->start;
	struct pt_span span;
	u64 nr = 0;

	spin_lock(&v->mm->pt_lock);
	while (pt_next_span(&v->mm->mmu, addr, v->end, &span)) {
		for (u64 i = 0; i < span.nr; i++) {
			pte_t pte = pte_get(&span.pte[i]);

			nr += pte_present(pte) && pfn_to_page(pte_pfn(pte))->mapping == v->mapping;
		}
		addr = span.addr + (span.nr << PAGE_SHIFT);
	}
	spin_unlock(&v->mm->pt_lock);
	return nr;
}

u64 rmap_count_entries(struct mapping *m)
{
	struct rb_node *n;
	u64 nr = 0;

	for (n = rb_first(&m->vmas); n; n = rb_next(n))
		nr += count_entries(of(n));
	return nr;
}

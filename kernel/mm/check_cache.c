// SPDX-License-Identifier: MIT
/*
 * Do the books of a mapping agree? Its cached pages, and who maps them. The rules (each has a
 * planted fault in check_ktest.c):
 *
 *	rmap-order       the VMAs are ordered by their first page, each subtree knows its last one
 *	rmap-owner       and are VMAs of this mapping
 *	rmap-writers     as many can write to the file as counted
 *	cache-owner      a page in the tree says that it is this mapping's
 *	cache-index      at this place
 *	cache-kind       with a disk behind it or not, as the mapping
 *	cache-refs       the tree has a reference, and so has each entry
 *	cache-lru        it is on an LRU list if it has a disk, and is not mlocked
 *	cache-dirty      its dirty flag and the tree's tag are the same
 *	cache-unwritten  without a disk, the tag is that of pages with a place and without data
 *	cache-writeback  while it is written, the tree's tag says so
 *	cache-count      there are as many pages as counted
 *	rmap-maps        the entries that the VMAs lead to are as many as the pages' map counts
 *
 * Exact when nobody faults, reads or writes meanwhile; locked pages are on their way in or out.
 * Locks: rmap_lock held; takes pt_lock, then mapping->lock.
 */
#include "mm/check.h"
#include "mm/lru.h"
#include "mm/pagecache.h"
#include "mm/rmap.h"

static struct vma *of(struct rb_node *n)
{
	return n ? rb_entry(n, struct vma, rmap_node) : NULL;
}

static pgoff_t last_max_of(struct rb_node *n)
{
	return n ? of(n)->rmap_last_max : 0;
}

static bool check_order(const struct vma *v, const struct vma *prev, struct check_finding *f)
{
	pgoff_t last = v->pgoff + vma_pages(v) - 1;

	last = max(last, max(last_max_of(v->rmap_node.left), last_max_of(v->rmap_node.right)));
	if ((prev && prev->pgoff > v->pgoff) || v->rmap_last_max != last)
		return check_broken(f, "rmap-order",
			"VMA %lx-%lx at page %lu: last page %lu, the tree says %lu", v->start,
			v->end, v->pgoff, last, v->rmap_last_max);
	return true;
}

static bool check_vmas(struct mapping *m, struct check_finding *f)
{
	struct vma *v, *prev = NULL;
	u64 writers = 0;

	for (v = of(rb_first(&m->vmas)); v; prev = v, v = of(rb_next(&v->rmap_node))) {
		if (v->mapping != m)
			return check_broken(f, "rmap-owner",
				"VMA %lx-%lx of %p is in the tree of %p", v->start, v->end,
				v->mapping, m);
		if (!check_order(v, prev, f))
			return false;
		if ((v->flags & (VMA_SHARED | VMA_MAYWRITE)) == (VMA_SHARED | VMA_MAYWRITE))
			writers++;
	}
	return writers == m->nr_shared_writable ||
	       check_broken(
		       f, "rmap-writers", "%lu, counted as %u", writers, m->nr_shared_writable);
}

static bool check_unwritten(
	struct mapping *m, const struct page *p, u64 index, struct check_finding *f)
{
	bool tag = radix_get_tag(&m->pages, index, MAPPING_TAG_UNWRITTEN);
	bool unwritten = page_test(p, PG_DIRTY) && !page_test(p, PG_UPTODATE);

	return page_test(p, PG_LOCKED) || tag == unwritten ||
	       check_broken(
		       f, "cache-unwritten", "page %lu: flags %x, tag %d", index, p->flags, tag);
}

static bool check_tags(struct mapping *m, const struct page *p, u64 index, struct check_finding *f)
{
	bool dirty = radix_get_tag(&m->pages, index, MAPPING_TAG_DIRTY);

	if (!mapping_has_disk(m))
		return check_unwritten(m, p, index, f);
	if (dirty != page_test(p, PG_DIRTY))
		return check_broken(
			f, "cache-dirty", "page %lu: flags %x, tag %d", index, p->flags, dirty);
	if (page_test(p, PG_WRITEBACK) && !radix_get_tag(&m->pages, index, MAPPING_TAG_WRITEBACK))
		return check_broken(
			f, "cache-writeback", "page %lu is being written, without tag", index);
	return true;
}

/* => m->lock held */
static bool check_page(struct mapping *m, const struct page *p, u64 index, struct check_finding *f)
{
	bool memory = m->flags & MAPPING_SWAPBACKED;
	s32 refs = atomic_read(&p->refs), maps = atomic_read(&p->maps);

	if (p->mapping != m)
		return check_broken(
			f, "cache-owner", "page %lu of %p says %p", index, m, p->mapping);
	if (page_index(p) != index)
		return check_broken(f, "cache-index", "page %lu says %lu", index, page_index(p));
	if (memory != page_test(p, PG_SWAPBACKED) || page_test(p, PG_ANON))
		return check_broken(f, "cache-kind", "page %lu: flags %x", index, p->flags);
	if (maps < 0 || refs < maps + 1)
		return check_broken(
			f, "cache-refs", "page %lu: %d references, %d maps", index, refs, maps);
	if (!page_is_mlocked(p) && memory == page_test(p, PG_LRU) && !page_test(p, PG_LOCKED))
		return check_broken(f, "cache-lru", "page %lu: flags %x", index, p->flags);
	return check_tags(m, p, index, f);
}

static bool check_pages(struct mapping *m, u64 *maps, struct check_finding *f)
{
	const struct page *p;
	u64 index, count = 0;
	bool ok = true;

	*maps = 0;
	spin_lock(&m->lock);
	radix_for_each (&m->pages, index, p) {
		count++;
		ok = check_page(m, p, index, f);
		if (!ok)
			break;
		*maps += (u64)atomic_read(&p->maps);
	}
	if (ok && count != m->pages.count)
		ok = check_broken(f, "cache-count", "%lu, counted as %lu", count, m->pages.count);
	spin_unlock(&m->lock);
	return ok;
}

bool check_mapping(struct mapping *m, struct check_finding *f)
{
	u64 maps, entries;

	f->rule = NULL;
	if (!check_vmas(m, f))
		return false;
	entries = rmap_count_entries(m);
	if (!check_pages(m, &maps, f))
		return false;
	return maps == entries ||
	       check_broken(f, "rmap-maps", "%lu maps, %lu entries of %p", maps, entries, m);
}

// SPDX-License-Identifier: MIT
/*
 * Pages leave a mapping: truncation, holes, invalidation (the declarations are in pagecache.h). The
 * race to win is with faults, which map pages while we take them away:
 *
 *	truncation                                fault (under pt_lock and mapping->lock)
 *	1 the size shrinks                        is the page in the cache, and before the end of the file?
 *	2 unmap through the reverse map           then its entry is installed and its map count grows
 *	3 each page: lock, wait for I/O,
 *	  out of the tree, under mapping->lock
 *	4 mapped again since 2? unmap again
 *
 * A fault that comes after 1 is refused, one that came before is undone by 2; a hole has no 1, and
 * there 4 undoes what came between 2 and 3, and after 3 nobody finds the page. Private copies
 * behind the end go too (2: ZAP_ALL), under a hole they stay. On a disk a hole is settled once more
 * when its blocks are out of the file's map: pages may have come back with what was on them.
 *
 * Locks: the caller holds the host's inode lock, so no other truncation and no write(2) is under
 * way.
 */
#include "lib/string.h"
#include "mm/pagecache.h"
#include "mm/rmap.h"
#include "sched/sched.h"

#define DROP_BATCH 16

/* Up to DROP_BATCH pages from *index on, with references; *index moves behind them. */
static u32 collect(struct mapping *m, pgoff_t *index, pgoff_t last, struct page **pages)
{
	struct page *p;
	u32 n = 0;

	spin_lock(&m->lock);
	while (n < DROP_BATCH && *index <= last && (p = radix_next(&m->pages, index)) != NULL &&
		*index <= last) {
		page_get(p);
		pages[n++] = p;
		if ((*index)++ == last)
			break;
	}
	spin_unlock(&m->lock);
	return n;
}

static void drop_page(struct mapping *m, struct page *p)
{
	page_lock(p);
	if (p->mapping == m) {
		page_wait_writeback(p);
		pagecache_remove(m, p);
		if (atomic_read(&p->maps))
			rmap_unmap_range(m, page_index(p), page_index(p), ZAP_CACHE);
	}
	page_unlock(p);
}

void pagecache_drop(struct mapping *m, pgoff_t first, pgoff_t last)
{
	struct page *pages[DROP_BATCH];
	pgoff_t index = first;
	u32 n;

	while (first <= last && index >= first && (n = collect(m, &index, last, pages)) != 0) {
		for (u32 i = 0; i < n; i++) {
			drop_page(m, pages[i]);
			page_put(pages[i]);
		}
		cond_resched();
	}
}

void pagecache_invalidate(struct mapping *m, u64 start, u64 end)
{
	struct page *pages[DROP_BATCH];
	pgoff_t index = (start + PAGE_SIZE - 1) >> PAGE_SHIFT, last;
	u32 n;

	if (end < PAGE_SIZE || m->flags & MAPPING_SWAPBACKED)
		return;
	last = (end >> PAGE_SHIFT) - 1;
	while (index <= last && (n = collect(m, &index, last, pages)) != 0) {
		for (u32 i = 0; i < n; i++) {
			if (page_trylock(pages[i])) {
				pagecache_remove_unused(m, pages[i]);
				page_unlock(pages[i]);
			}
			page_put(pages[i]);
		}
		cond_resched();
	}
}

static bool is_zero(const u8 *p, u64 len)
{
	for (u64 i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

/*
 * Zeroes bytes [from, to) of this page. If they are zeros already, nothing is dirtied: there may be
 * a hole below, for which no space on the disk is reserved; if not, there is a block, or was until
 * now (pagecache_settle_hole), and then the zeros are written to nowhere.
 */
static void zero_part(struct mapping *m, struct page *p, u32 from, u32 to)
{
	u8 *data = page_address(p);

	page_lock(p);
	/* The filesystem frees blocks of this part next: a write that is under way must not reach
	 * them in another file. */
	page_wait_writeback(p);
	if (p->mapping == m && page_test(p, PG_UPTODATE)) {
		/* The next store through a mapping asks the filesystem for space again: a block may
		 * have gone. */
		rmap_write_protect(m, page_index(p), page_index(p));
		if (!is_zero(data + from, to - from)) {
			memset(data + from, 0, to - from);
			pagecache_mark_dirty_range(p, from, to);
		}
	}
	page_unlock(p);
}

/* The page at index, read if there may be something on the disk; NULL: there is nothing to zero. */
static struct page *page_to_zero(struct mapping *m, pgoff_t index)
{
	if (!m->ops->read_pages || index >= mapping_end_index(m))
		return pagecache_find(m, index);
	return pagecache_read(m, index, NULL);
}

/* What mappings stored behind the old end of the file is no part of it. */
static void zero_old_tail(struct mapping *m, u64 old_size)
{
	struct page *p;

	if (!page_offset_in(old_size))
		return;
	p = pagecache_find(m, old_size >> PAGE_SHIFT);
	if (!p)
		return;
	page_wait_locked(p);
	zero_part(m, p, (u32)page_offset_in(old_size), PAGE_SIZE);
	page_put(p);
}

/* The file has grown: a store to the part of the old last page that belongs to it now asks the
 * filesystem for space. Race (found by grow_file_storm): a fault that still saw the old size may have
 * made the page writable since it was zeroed. */
static void protect_old_tail(struct mapping *m, u64 old_size)
{
	struct page *p;

	if (!page_offset_in(old_size) || !m->ops->write_pages)
		return;
	p = pagecache_find(m, old_size >> PAGE_SHIFT);
	if (!p)
		return;
	page_lock(p); /* a fault that has it is over then, the next one sees the new size */
	if (p->mapping == m && atomic_read(&p->maps))
		rmap_write_protect(m, page_index(p), page_index(p));
	page_unlock(p);
	page_put(p);
}

/* The file ends at `size` from now on. tail: a reference to its last page if that is cached, or
 * NULL. */
static void cut(struct mapping *m, u64 size, struct page *tail)
{
	mapping_set_size(m, size);
	rmap_unmap_range(m, mapping_end_index(m), ~0UL, ZAP_ALL);
	if (tail) {
		zero_part(m, tail, (u32)page_offset_in(size), PAGE_SIZE);
		page_put(tail);
	}
	pagecache_drop(m, mapping_end_index(m), ~0UL);
}

/*
 * A file on a disk grows with zeros, whatever mappings stored behind its end. Of one in memory all
 * stores to its last page are kept, as on Linux: they come to light when it grows, and are gone when
 * a size is set that is not larger.
 */
static bool grows_with_zeros(const struct mapping *m)
{
	return mapping_has_disk(m);
}

void pagecache_undo_growth(struct mapping *m, u64 size)
{
	struct page *tail = NULL;

	/* What is not cached is zero behind the old end on the disk, too. */
	if (page_offset_in(size) && grows_with_zeros(m))
		tail = pagecache_find(m, size >> PAGE_SHIFT);
	cut(m, size, tail);
}

int pagecache_set_size(struct mapping *m, u64 size)
{
	u64 old_size = mapping_size(m);
	struct page *tail = NULL;

	if (size >= old_size) {
		if (size == old_size || grows_with_zeros(m))
			zero_old_tail(m, old_size);
		mapping_set_size(m, size);
		protect_old_tail(m, old_size);
		return 0;
	}
	if (page_offset_in(size)) {
		tail = page_to_zero(m, size >> PAGE_SHIFT);
		if (IS_ERR(tail))
			return (int)PTR_ERR(tail);
	}
	cut(m, size, tail);
	return 0;
}

/* Zeroes bytes [start, end), which lie in one page. */
static int punch_part(struct mapping *m, u64 start, u64 end)
{
	struct page *p;

	if (start >= end)
		return 0;
	p = page_to_zero(m, start >> PAGE_SHIFT);
	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	if (p) {
		zero_part(m, p, (u32)page_offset_in(start), (u32)(end - page_align_down(start)));
		page_put(p);
	}
	return 0;
}

/* They are zeroed, not dropped: one may have got new blocks by now, on which there is anything until
 * it is written. */
void pagecache_settle_hole(struct mapping *m, u64 start, u64 end)
{
	struct page *pages[DROP_BATCH];
	pgoff_t index = start >> PAGE_SHIFT, last = (end - 1) >> PAGE_SHIFT;
	u32 n;

	while (index <= last && (n = collect(m, &index, last, pages)) != 0) {
		for (u32 i = 0; i < n; i++) {
			u64 at = page_index(pages[i]) << PAGE_SHIFT;

			zero_part(m, pages[i], start > at ? (u32)(start - at) : 0,
				(u32)min(end - at, PAGE_SIZE));
			page_put(pages[i]);
		}
		cond_resched();
	}
}

int pagecache_punch_hole(struct mapping *m, u64 start, u64 end)
{
	u64 first = page_align_up(start), last = page_align_down(end);
	int err;

	if (first > last) /* within one page */
		return punch_part(m, start, end);
	err = punch_part(m, start, first);
	if (!err)
		err = punch_part(m, last, end);
	if (err || first == last)
		return err;
	rmap_unmap_range(m, first >> PAGE_SHIFT, (last >> PAGE_SHIFT) - 1, ZAP_CACHE);
	pagecache_drop(m, first >> PAGE_SHIFT, (last >> PAGE_SHIFT) - 1);
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * The page cache: index -> page, for each mapping. Life of a page in it:
 *
 *	pagecache_add: locked, not up to date
 *	   |  read_pages ... pagecache_end_read       or a writer fills it whole (pagecache_grab);
 *	   |                                          without a disk it may stay so (pagecache_mark_unwritten)
 *	   v
 *	up to date, unlocked <--> dirty (pagecache_mark_dirty; writeback.c cleans)
 *	   |
 *	   v  pagecache_remove: truncation, hole, end of the inode;  pagecache_remove_unused: reclaim, invalidation
 *	out: mapping = NULL
 *
 * Look-ups take a reference under mapping->lock. After waiting for a page's lock, who looked it up
 * checks that it still belongs to the mapping: it may have been truncated away in the meantime.
 *
 * Not here: which pages to read (readahead.c), writing (writeback.c), sizes and holes (truncate.c),
 * the lock bit (pagelock.c), mapped pages (rmap.c, back_file.c).
 *
 * Invariants: a page in the tree has p->mapping == m, its index, and a reference of the tree's. A
 * page's map count grows from PTEs of this mapping only under mapping->lock and while it is in the
 * tree, so that "not mapped, nobody else's, out of the tree" is decided in one place
 * (pagecache_remove_unused). PG_DIRTY and the dirty tag change together under mapping->lock (no tag
 * where there is no disk).
 */
#include "mm/pagecache.h"
#include "mm/lru.h"
#include "mm/pagelock.h"
#include "mm/readahead.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/writeback.h"

static DEFINE_PER_CPU(u64, nr_cached);
static DEFINE_PER_CPU(u64, nr_mapped);
static DEFINE_PER_CPU(u64, nr_shmem);
static DEFINE_PER_CPU(u64, nr_disk);

/* --- the nodes of all trees --- */

static struct slab_cache *node_cache;

static void *alloc_node(size_t size)
{
	assert(size == RADIX_NODE_SIZE);
	/* For a page that somebody was given already; so few that they may come out of the
	 * reserve. */
	return slab_alloc(node_cache, PAGE_ZEROED | PAGE_NOWAIT | PAGE_RESERVE);
}

static void free_node(void *node, size_t size)
{
	(void)size;
	slab_free(node_cache, node);
}

void pagecache_init(void)
{
	static const struct radix_ops ops = { .alloc_node = alloc_node, .free_node = free_node };

	node_cache = slab_cache_create("radix_node", RADIX_NODE_SIZE, 8);
	radix_set_ops(&ops);
	pagelock_init();
	lru_init();
}

/* --- in and out --- */

static void count_page(const struct mapping *m, s64 nr)
{
	this_cpu_add8(nr_cached, nr);
	if (m->flags & MAPPING_SWAPBACKED)
		this_cpu_add8(nr_shmem, nr);
	if (m->flags & MAPPING_BDEV)
		this_cpu_add8(nr_disk, nr);
}

void pagecache_count_mapped(s64 nr)
{
	this_cpu_add8(nr_mapped, nr);
}

static int insert(struct mapping *m, struct page *p, pgoff_t index)
{
	int err;

	spin_lock(&m->lock);
	err = radix_insert(&m->pages, index, p);
	spin_unlock(&m->lock);
	return err;
}

/* Tree nodes are made without waiting; so when there are none, waits for memory here. */
static bool wait_for_memory(void)
{
	struct page *p = page_alloc(0);

	if (p)
		page_put(p);
	return p;
}

int pagecache_add(struct mapping *m, struct page *p, pgoff_t index)
{
	int err;

	assert(index >> PAGE_INDEX_BITS == 0);
	p->flags = PG_LOCKED | (m->flags & MAPPING_SWAPBACKED ? PG_SWAPBACKED : 0);
	p->mapping = m;
	p->dirty_sectors = 0;
	page_set_index(p, index);
	page_get(p);
	err = insert(m, p, index);
	if (unlikely(err == -ENOMEM) && wait_for_memory())
		err = insert(m, p, index);
	if (unlikely(err)) {
		p->flags = 0;
		p->mapping = NULL;
		atomic_set(&p->refs, 1);
		return err;
	}
	count_page(m, 1);
	if (!(m->flags & MAPPING_SWAPBACKED))
		lru_add(p);
	return 0;
}

/* => m->lock held */
static void take_out(struct mapping *m, struct page *p)
{
	struct page *old = radix_remove(&m->pages, page_index(p));

	assert(old == p);
	__atomic_store_n(&p->mapping, NULL, __ATOMIC_RELAXED);
}

static void forget_page(struct mapping *m, struct page *p)
{
	if (!(m->flags & MAPPING_SWAPBACKED))
		lru_leave_cache(p);
	count_page(m, -1);
	page_put(p);
}

void pagecache_remove(struct mapping *m, struct page *p)
{
	bool was_dirty = pagecache_clear_dirty(m, p);

	spin_lock(&m->lock);
	take_out(m, p);
	spin_unlock(&m->lock);
	forget_page(m, p);
	if (was_dirty && m->ops->give_back)
		m->ops->give_back(m);
}

bool pagecache_remove_unused(struct mapping *m, struct page *p)
{
	bool unused;

	spin_lock(&m->lock);
	unused = p->mapping == m && atomic_read(&p->refs) == 2 && !atomic_read(&p->maps) &&
		 !page_test(p, PG_DIRTY | PG_WRITEBACK);
	if (unused)
		take_out(m, p);
	spin_unlock(&m->lock);
	if (unused)
		forget_page(m, p);
	return unused;
}

/* --- look-up --- */

struct page *pagecache_find(struct mapping *m, pgoff_t index)
{
	struct page *p;

	spin_lock(&m->lock);
	p = radix_get(&m->pages, index);
	if (p)
		page_get(p);
	spin_unlock(&m->lock);
	if (p)
		lru_touch(p);
	return p;
}

static bool belongs(const struct page *p, const struct mapping *m)
{
	return __atomic_load_n(&p->mapping, __ATOMIC_RELAXED) == m;
}

struct page *pagecache_alloc_frame(struct mapping *m, u32 how)
{
	bool of_disk = m->flags & MAPPING_BDEV;
	struct page *p = page_alloc((of_disk ? 0 : PAGE_USER) | how);

	if (unlikely(!p) && of_disk && !(how & PAGE_NOWAIT))
		p = page_alloc(PAGE_RESERVE | how);
	return p;
}

/* A page that is not cached yet, locked; or ERR_PTR(-EEXIST). */
static struct page *make_page(struct mapping *m, pgoff_t index)
{
	struct page *p = pagecache_alloc_frame(m, 0);
	int err;

	if (!p)
		return ERR_PTR(-ENOMEM);
	err = pagecache_add(m, p, index);
	if (err) {
		page_put(p);
		return ERR_PTR(err);
	}
	return p;
}

struct page *pagecache_grab(struct mapping *m, pgoff_t index)
{
	for (;;) {
		struct page *p = pagecache_find(m, index);

		if (!p) {
			p = make_page(m, index);
			if (IS_ERR(p) && PTR_ERR(p) == -EEXIST)
				continue;
			return p;
		}
		page_lock(p);
		if (belongs(p, m))
			return p;
		page_unlock(p);
		page_put(p);
	}
}

void pagecache_set_uptodate(struct mapping *m, struct page *p)
{
	if (!mapping_has_disk(m)) {
		spin_lock(&m->lock);
		radix_clear_tag(&m->pages, page_index(p), MAPPING_TAG_UNWRITTEN);
		spin_unlock(&m->lock);
	}
	page_set(p, PG_UPTODATE);
}

void pagecache_mark_unwritten(struct mapping *m, struct page *p)
{
	assert(!mapping_has_disk(m) && !page_test(p, PG_UPTODATE));
	spin_lock(&m->lock);
	radix_set_tag(&m->pages, page_index(p), MAPPING_TAG_UNWRITTEN);
	spin_unlock(&m->lock);
}

int pagecache_fill(struct mapping *m, struct page *p)
{
	if (page_test(p, PG_UPTODATE))
		return 0;
	if (!m->ops->read_pages) {
		page_zero(p);
		pagecache_set_uptodate(m, p);
		return 0;
	}
	page_clear(p, PG_ERROR);
	m->ops->read_pages(m, &p, 1);
	page_lock(p); /* the end of the read unlocked it */
	if (!belongs(p, m))
		return -EAGAIN;
	if (page_test(p, PG_UPTODATE))
		return 0;
	return page_test(p, PG_ERROR) ? -EIO : -ENOMEM;
}

/* Waits until p is up to date. 0; -EIO; -ENOMEM; -EAGAIN: it is no longer the mapping's. */
static int wait_uptodate(struct mapping *m, struct page *p)
{
	int err;

	page_wait_locked(p);
	if (page_test(p, PG_UPTODATE))
		return 0;
	/* Its read failed, perhaps only as part of a read-ahead, or a writer gave up: try this page
	 * alone. */
	page_lock(p);
	err = belongs(p, m) ? pagecache_fill(m, p) : -EAGAIN;
	page_unlock(p);
	return err;
}

struct page *pagecache_read(struct mapping *m, pgoff_t index, struct readahead *ra)
{
	for (;;) {
		struct page *p = pagecache_find(m, index);
		int err;

		if (!p) {
			err = readahead_missing(m, index, ra);
			if (err)
				return ERR_PTR(err);
			continue;
		}
		if (unlikely(page_test(p, PG_READAHEAD)))
			readahead_reached(m, p, ra);
		if (ra)
			ra->prev = index;
		err = page_test(p, PG_UPTODATE) ? 0 : wait_uptodate(m, p);
		if (!err)
			return p;
		page_put(p);
		if (err != -EAGAIN)
			return ERR_PTR(err);
	}
}

/* The first index from `at` on of a page with data; `end`: there is none. */
static pgoff_t next_data(struct mapping *m, pgoff_t at, pgoff_t end)
{
	struct page *p;
	bool found;

	do {
		spin_lock(&m->lock);
		for (u32 i = 0; (p = radix_next(&m->pages, &at)) != NULL && i < 256; i++, at++)
			if (page_test(p, PG_UPTODATE))
				break;
		found = p && page_test(p, PG_UPTODATE);
		spin_unlock(&m->lock);
		cond_resched();
	} while (p && !found);
	return found ? min(at, end) : end;
}

static pgoff_t next_without_data(struct mapping *m, pgoff_t at, pgoff_t end)
{
	pgoff_t hole, unwritten = at;

	spin_lock(&m->lock);
	hole = radix_next_hole(&m->pages, at, end - at);
	if (radix_next_tagged(&m->pages, &unwritten, MAPPING_TAG_UNWRITTEN))
		hole = min(hole, unwritten);
	spin_unlock(&m->lock);
	return min(hole, end);
}

void pagecache_find_data(struct mapping *m, pgoff_t *index, bool data)
{
	pgoff_t end = mapping_end_index(m);

	*index = data ? next_data(m, *index, end) : next_without_data(m, *index, end);
}

void pagecache_end_read(struct page *p, int err)
{
	if (!err)
		page_set(p, PG_UPTODATE);
	else if (err != -ENOMEM)
		page_set(p, PG_ERROR);
	page_unlock(p);
}

/* --- dirtiness --- */

void pagecache_mark_dirty(struct page *p)
{
	struct mapping *m = __atomic_load_n(&p->mapping, __ATOMIC_RELAXED);
	bool newly = false;

	if (!m || page_test(p, PG_DIRTY))
		return;
	if (!mapping_has_disk(m)) {
		page_set(p, PG_DIRTY);
		return;
	}
	spin_lock(&m->lock);
	if (belongs(p, m) && !page_test_and_set(p, PG_DIRTY)) {
		radix_set_tag(&m->pages, page_index(p), MAPPING_TAG_DIRTY);
		newly = true;
	}
	spin_unlock(&m->lock);
	if (newly)
		writeback_note_dirty(m);
}

bool pagecache_clear_dirty(struct mapping *m, struct page *p)
{
	bool was;

	if (!page_test(p, PG_DIRTY))
		return false;
	if (!mapping_has_disk(m))
		return page_test_and_clear(p, PG_DIRTY);
	spin_lock(&m->lock);
	was = page_test_and_clear(p, PG_DIRTY);
	if (was)
		radix_clear_tag(&m->pages, page_index(p), MAPPING_TAG_DIRTY);
	spin_unlock(&m->lock);
	if (was)
		writeback_note_clean();
	return was;
}

/* The sectors of a page that bytes [from, to) touch. */
static u8 sector_mask(u32 from, u32 to)
{
	u32 first = from / 512, end = DIV_ROUND_UP(to, 512u);

	return (u8)((1u << end) - (1u << first));
}

void pagecache_mark_dirty_range(struct page *p, u32 from, u32 to)
{
	__atomic_fetch_or(&p->dirty_sectors, sector_mask(from, to), __ATOMIC_SEQ_CST);
	pagecache_mark_dirty(p);
}

/* Bytes [from, to) of a block device's page, all sectors of which lie in it, need not be written. A
 * write of them that has begun ends first: the disk may do it after one of their next owner's. */
static void forget_part(struct mapping *m, pgoff_t index, u32 from, u32 to)
{
	struct page *p = pagecache_find(m, index);
	u8 mask = sector_mask(from, to);

	if (!p)
		return;
	page_lock(p);
	if (belongs(p, m) &&
		__atomic_and_fetch(&p->dirty_sectors, (u8)~mask, __ATOMIC_SEQ_CST) == 0) {
		/* a later store through a mapping of the disk has to be noticed */
		rmap_write_protect(m, index, index);
		pagecache_clear_dirty(m, p);
	}
	page_wait_writeback(p);
	page_unlock(p);
	page_put(p);
}

void pagecache_forget(struct mapping *bdev_mapping, u64 offset, u64 len)
{
	u64 end = offset + len;

	assert(bdev_mapping->flags & MAPPING_BDEV);
	while (offset < end) {
		u64 stop = min(end, page_align_down(offset) + PAGE_SIZE);

		forget_part(bdev_mapping, offset >> PAGE_SHIFT, (u32)page_offset_in(offset),
			(u32)(stop - page_align_down(offset)));
		offset = stop;
	}
}

/* --- counting --- */

void pagecache_get_stats(struct pagecache_stats *st)
{
	u32 cpu;

	*st = (struct pagecache_stats){ .dirty = writeback_nr_dirty(),
		.writeback = writeback_nr_writeback() };
	for_each_cpu (cpu, cpus_online) {
		st->cached += *per_cpu_ptr(&nr_cached, cpu);
		st->mapped += *per_cpu_ptr(&nr_mapped, cpu);
		st->shmem += *per_cpu_ptr(&nr_shmem, cpu);
		st->disk += *per_cpu_ptr(&nr_disk, cpu);
	}
}

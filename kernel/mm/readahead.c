// SPDX-License-Identifier: MIT
/*
 * Read-ahead. A window of pages is read at once; one page in it carries PG_READAHEAD, and whoever
 * reaches that page starts the next window, twice as large up to RA_MAX, while the rest of this one
 * is still being consumed:
 *
 *	 first miss      marker reached: next window      marker reached
 *	[ 0 1 2* 3 ]    [ 4* 5 6 7 8 9 10 11 ]           [ 12* 13 ... 27 ]        * PG_READAHEAD
 *
 * Reads that jump get their one page and no window. Mappings have no state of their own: a fault on
 * a missing page reads around it, and the marker there starts the next window behind what is cached
 * already.
 *
 * Not here: waiting. Pages are put into the cache locked, and their end of I/O unlocks them.
 */
#include "mm/readahead.h"
#include "mm/lru.h"

#define RA_INITIAL 4
#define RA_MAX     32 /* 128 KiB; twice that with sequential advice */
#define RA_BATCH   64 /* pages in one call of read_pages */
#define NO_MARKER  (~0UL)

/* New pages, consecutive, locked, not yet submitted. */
struct batch {
	struct mapping *m;
	u32 nr;
	struct page *pages[RA_BATCH];
};

static void submit(struct batch *b)
{
	if (b->nr)
		b->m->ops->read_pages(b->m, b->pages, b->nr);
	for (u32 i = 0; i < b->nr; i++)
		page_put(b->pages[i]);
	b->nr = 0;
}

static bool is_cached(struct mapping *m, pgoff_t index)
{
	bool cached;

	spin_lock(&m->lock);
	cached = radix_get(&m->pages, index) != NULL;
	spin_unlock(&m->lock);
	return cached;
}

/* A new page of the batch. 0, -EEXIST, -ENOMEM. */
static int add_new(struct batch *b, pgoff_t index, u32 how)
{
	struct page *p;
	int err;

	if (is_cached(b->m, index))
		return -EEXIST;
	p = pagecache_alloc_frame(b->m, how);
	if (!p)
		return -ENOMEM;
	err = pagecache_add(b->m, p, index);
	if (err) {
		page_put(p);
		return err;
	}
	b->pages[b->nr++] = p;
	return 0;
}

/*
 * Starts reading what is missing of [start, end), of which `wanted` is the page that somebody
 * needs: only for that one is it worth to wait for memory, and only that one may lie behind the end
 * of the file.
 */
static int read_range(struct mapping *m, pgoff_t start, pgoff_t end, pgoff_t wanted, pgoff_t marker)
{
	struct batch b = { .m = m };
	int err = 0, result = 0;

	for (pgoff_t i = start; i < end; i++) {
		if (i != wanted && i >= mapping_end_index(m))
			continue;
		err = add_new(&b, i, i == wanted ? 0 : PAGE_NOWAIT);
		if (!err && i == marker)
			page_set(b.pages[b.nr - 1], PG_READAHEAD);
		if (err || b.nr == RA_BATCH)
			submit(&b);
		if (err == -ENOMEM) {
			if (i == wanted)
				result = err;
			if (i >= wanted)
				break;
		}
	}
	submit(&b);
	return result;
}

/* A mapping without a disk: what is missing is zeros. */
static int make_zero_page(struct mapping *m, pgoff_t index)
{
	struct page *p = pagecache_grab(m, index);
	int err;

	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	err = pagecache_fill(m, p);
	page_unlock(p);
	page_put(p);
	return err;
}

static u64 max_window(enum readahead_advice advice)
{
	return advice == RA_SEQUENTIAL ? 2 * RA_MAX : RA_MAX;
}

/* The window that a miss at index opens; size 1: none. */
static void open_window(struct readahead *ra, pgoff_t index)
{
	u64 most = max_window(ra->advice);

	/* the marker was not seen, or its read failed */
	if (ra->size && index == ra->start + ra->size)
		ra->size = min(ra->size * 2, most);
	else if (ra->advice == RA_SEQUENTIAL)
		ra->size = most;
	else if (index == 0 || index == ra->prev + 1)
		ra->size = RA_INITIAL;
	else
		ra->size = 1;
	ra->start = index;
}

int readahead_missing(struct mapping *m, pgoff_t index, struct readahead *ra)
{
	if (!m->ops->read_pages)
		return make_zero_page(m, index);
	if (!ra || ra->advice == RA_RANDOM)
		return read_range(m, index, index + 1, index, NO_MARKER);
	open_window(ra, index);
	return read_range(
		m, index, index + ra->size, index, ra->size > 1 ? index + ra->size / 2 : NO_MARKER);
}

void readahead_reached(struct mapping *m, struct page *p, struct readahead *ra)
{
	pgoff_t index = page_index(p), next;
	enum readahead_advice advice = ra ? ra->advice : RA_NORMAL;
	u64 size = RA_MAX;

	page_clear(p, PG_READAHEAD);
	if (advice == RA_RANDOM || !m->ops->read_pages)
		return;
	spin_lock(&m->lock);
	next = radix_next_hole(&m->pages, index, 2 * RA_MAX);
	spin_unlock(&m->lock);
	if (next >= mapping_end_index(m) || next == index + 2 * RA_MAX)
		return; /* all of it is here */
	if (ra) {
		size = min(max(ra->size, (u64)RA_INITIAL) * 2, max_window(advice));
		ra->start = next;
		ra->size = size;
	}
	read_range(m, next, next + size, NO_MARKER, next);
}

int readahead_fault(struct mapping *m, pgoff_t index, enum readahead_advice advice)
{
	pgoff_t start = ALIGN_DOWN(index, RA_MAX / 2);
	u64 size = RA_MAX;

	if (!m->ops->read_pages)
		return make_zero_page(m, index);
	if (advice == RA_RANDOM)
		return read_range(m, index, index + 1, index, NO_MARKER);
	if (advice == RA_SEQUENTIAL) {
		start = index;
		size = max_window(advice);
	}
	return read_range(m, start, start + size, index, start + size / 2);
}

void pagecache_start_read(struct mapping *m, pgoff_t index, u64 nr)
{
	pgoff_t last = mapping_end_index(m);

	if (!m->ops->read_pages)
		return;
	for (pgoff_t end = min(index + nr, last); index < end; index += RA_BATCH) {
		read_range(m, index, min(index + RA_BATCH, end), NO_MARKER, NO_MARKER);
		cond_resched();
	}
}

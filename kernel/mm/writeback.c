// SPDX-License-Identifier: MIT
/*
 * Writing dirty pages: by the flusher thread when they are old or many, and by whoever asks (fsync,
 * msync, sync, reclaim). One page's way to the disk:
 *
 *	lock -> no longer dirty, PG_WRITEBACK -> write-protect all entries -> ops->write_pages -> unlock
 *	                                                                          ... pagecache_end_write
 *
 * The order makes no store get lost: one through an entry that is still writable comes before the
 * data is read; after that it faults, waits for the page lock, and makes the page dirty again,
 * which is right even while it is being written. Neighbours in the file go in one call, up to
 * CLUSTER pages.
 *
 * Waiting for writes (fsync) walks the writeback tag. It is set with PG_WRITEBACK, but since an
 * interrupt handler ends the write and may not take the tree's lock, it is cleared by the next one
 * who waits: a tag only says "look here".
 *
 * Errors are noted in the mapping; everybody who syncs it (an open file) compares with what he saw
 * last (lib/errseq.h).
 *
 * Locks: dirty_lock (rank LRU) for the list of mappings; the page lock, then mapping->lock, for
 * pages.
 */
#include "debug/printk.h"
#include "lib/string.h"
#include "mm/pagelock.h"
#include "mm/rmap.h"
#include "mm/writeback.h"
#include "sched/sched.h"

#define CLUSTER   64 /* pages: BLOCK_MAX_SEGMENTS, what fits one request */
#define DIRTY_AGE (5 * NSEC_PER_SEC)
#define PERIOD    (1 * NSEC_PER_SEC)
#define ROUND     1024 /* pages of one mapping before the next has its turn */

static struct spinlock dirty_lock = SPINLOCK_INIT(dirty_lock, RANK_LRU);
static struct list dirty_mappings = LIST_INIT(dirty_mappings); /* the longest dirty first */
static atomic64_t nr_dirty, nr_writeback;
static u64 background_limit, throttle_limit; /* pages */
static DEFINE_PER_CPU(u64, nr_dirtied);
static DEFINE_PER_CPU(u64, nr_written);

static struct waitq flusher_wait = WAITQ_INIT(flusher_wait);
static struct waitq throttle_wait = WAITQ_INIT(throttle_wait);
static bool flusher_asked;

u64 writeback_nr_dirty(void)
{
	return (u64)atomic64_read(&nr_dirty);
}

u64 writeback_nr_writeback(void)
{
	return (u64)atomic64_read(&nr_writeback);
}

/* --- which mappings are dirty --- */

void writeback_note_dirty(struct mapping *m)
{
	bool was_idle = false;

	this_cpu_add8(nr_dirtied, 1);
	if ((u64)atomic64_add_return(&nr_dirty, 1) == background_limit)
		writeback_wake();
	if (!list_empty(&m->dirty_link))
		return;
	spin_lock(&dirty_lock);
	if (list_empty(&m->dirty_link)) {
		was_idle = list_empty(&dirty_mappings);
		m->dirtied_when = clock_now();
		list_append(&dirty_mappings, &m->dirty_link);
	}
	spin_unlock(&dirty_lock);
	if (was_idle)
		waitq_wake_all(&flusher_wait); /* from now on it looks at the clock */
}

void writeback_note_clean(void)
{
	atomic64_add_return(&nr_dirty, -1);
	if (!waitq_empty(&throttle_wait))
		waitq_wake_all(&throttle_wait);
}

void writeback_forget(struct mapping *m)
{
	spin_lock(&dirty_lock);
	list_remove(&m->dirty_link);
	spin_unlock(&dirty_lock);
}

static bool has_dirty_pages(struct mapping *m)
{
	return radix_tagged(&m->pages, MAPPING_TAG_DIRTY);
}

/* After writing: what is clean leaves the list, what is dirty again goes to its end. */
static void requeue(struct mapping *m)
{
	spin_lock(&dirty_lock);
	list_remove(&m->dirty_link);
	/* Off the list first, then look for the tag; writeback_note_dirty() has set the tag first,
	 * then looks at the list without the lock. With a barrier on both sides one of us sees the
	 * other. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (has_dirty_pages(m)) {
		m->dirtied_when = clock_now();
		list_append(&dirty_mappings, &m->dirty_link);
	}
	spin_unlock(&dirty_lock);
}

void writeback_get_stats(struct writeback_stats *st)
{
	u32 cpu;

	*st = (struct writeback_stats){ .background_threshold = background_limit,
		.dirty_threshold = throttle_limit };
	for_each_cpu (cpu, cpus_online) {
		st->dirtied += *per_cpu_ptr(&nr_dirtied, cpu);
		st->written += *per_cpu_ptr(&nr_written, cpu);
	}
}

/* --- writing --- */

/* Pages that are locked and on their way, consecutive by index. */
struct cluster {
	struct mapping *m;
	u32 nr;
	struct page *pages[CLUSTER];
};

/* Stores behind the end of the file, in its last page, stay in memory. */
static void zero_tail(struct mapping *m, struct page *p)
{
	u64 size = mapping_size(m);

	if (page_index(p) == size >> PAGE_SHIFT && page_offset_in(size))
		memset((u8 *)page_address(p) + page_offset_in(size), 0,
			PAGE_SIZE - page_offset_in(size));
}

static void submit(struct cluster *c)
{
	struct mapping *m = c->m;

	if (!c->nr)
		return;
	rmap_write_protect(m, page_index(c->pages[0]), page_index(c->pages[c->nr - 1]));
	zero_tail(m, c->pages[c->nr - 1]);
	m->ops->write_pages(m, c->pages, c->nr);
	for (u32 i = 0; i < c->nr; i++) {
		page_unlock(c->pages[i]);
		page_put(c->pages[i]);
	}
	c->nr = 0;
}

/* Marks a locked, dirty page as being written. False: it is clean. At no moment it has neither
 * tag: who waits for all writes (fsync) looks for dirty pages first, and then for those being
 * written. */
static bool claim(struct mapping *m, struct page *p)
{
	if (!page_test(p, PG_DIRTY))
		return false;
	page_clear(p, PG_ERROR);
	page_set(p, PG_WRITEBACK);
	atomic_inc(&m->nr_writeback);
	atomic64_add_return(&nr_writeback, 1);
	spin_lock(&m->lock);
	radix_set_tag(&m->pages, page_index(p), MAPPING_TAG_WRITEBACK);
	spin_unlock(&m->lock);
	pagecache_clear_dirty(m, p);
	return true;
}

void pagecache_end_write(struct page *p, int err)
{
	/* both stay while PG_WRITEBACK is set: truncation waits for it */
	struct mapping *m = p->mapping;

	if (err) {
		page_set(p, PG_ERROR);
		errseq_set(&m->errors, err);
	}
	atomic_dec_and_test(&m->nr_writeback);
	atomic64_add_return(&nr_writeback, -1);
	this_cpu_add8(nr_written, 1);
	pagelock_end_state(p, PG_WRITEBACK);
	if (!waitq_empty(&throttle_wait))
		waitq_wake_all(&throttle_wait);
}

enum patience {
	TRY,  /* leave out what is locked or being written */
	WAIT, /* it must be written */
};

/* Locks p, and waits for a write that is under way if we must write it again. False: it is not to
 * be written now. */
static bool lock_to_write(struct cluster *c, struct page *p, enum patience patience)
{
	if (!page_trylock(p)) {
		if (patience == TRY)
			return false;
		submit(c); /* not while holding others' locks */
		page_lock(p);
	}
	if (p->mapping == c->m && page_test(p, PG_DIRTY)) {
		if (!page_test(p, PG_WRITEBACK))
			return true;
		if (patience == WAIT) {
			submit(c);
			page_wait_writeback(p);
			return true;
		}
	}
	page_unlock(p);
	return false;
}

/* Adds a dirty page (its reference goes along), or leaves it. */
static bool write_page(struct cluster *c, struct page *p, enum patience patience)
{
	if (c->nr && page_index(p) != page_index(c->pages[c->nr - 1]) + 1)
		submit(c);
	if (!lock_to_write(c, p, patience)) {
		page_put(p);
		return false;
	}
	if (!claim(c->m, p)) {
		page_unlock(p);
		page_put(p);
		return false;
	}
	c->pages[c->nr++] = p;
	if (c->nr == CLUSTER)
		submit(c);
	return true;
}

static struct page *next_tagged(struct mapping *m, pgoff_t *index, u32 tag)
{
	struct page *p;

	spin_lock(&m->lock);
	p = radix_next_tagged(&m->pages, index, tag);
	if (p)
		page_get(p);
	spin_unlock(&m->lock);
	return p;
}

/* Starts writing the dirty pages of [first, last], at most `most`. Returns how many. */
static u64 write_range(
	struct mapping *m, pgoff_t first, pgoff_t last, enum patience patience, u64 most)
{
	struct cluster c = { .m = m };
	struct page *p;
	u64 nr = 0;

	for (pgoff_t i = first; nr < most; i++) {
		p = next_tagged(m, &i, MAPPING_TAG_DIRTY);
		if (!p)
			break;
		if (i > last) {
			page_put(p);
			break;
		}
		nr += write_page(&c, p, patience);
		if (i == last)
			break;
		if (nr % CLUSTER == 0 && !c.nr)
			cond_resched();
	}
	submit(&c);
	return nr;
}

void writeback_page(struct mapping *m, struct page *p)
{
	struct cluster c = { .m = m };

	if (page_test(p, PG_WRITEBACK) || !claim(m, p)) {
		page_unlock(p);
		return;
	}
	page_get(p);
	c.pages[c.nr++] = p;
	submit(&c);
}

/* Waits for the writes of [first, last] that have begun. */
static void wait_range(struct mapping *m, pgoff_t first, pgoff_t last)
{
	struct page *p;

	for (pgoff_t i = first;; i++) {
		p = next_tagged(m, &i, MAPPING_TAG_WRITEBACK);
		if (!p)
			return;
		if (i <= last) {
			page_wait_writeback(p);
			spin_lock(&m->lock);
			if (p->mapping == m && !page_test(p, PG_WRITEBACK))
				radix_clear_tag(&m->pages, i, MAPPING_TAG_WRITEBACK);
			spin_unlock(&m->lock);
		}
		page_put(p);
		if (i >= last)
			return;
	}
}

int pagecache_sync_since(struct mapping *m, u64 start, u64 end, bool wait, errseq_t *seen)
{
	pgoff_t first = start >> PAGE_SHIFT, last = (end - 1) >> PAGE_SHIFT;

	if (!mapping_has_disk(m))
		return 0;
	if (start < end) {
		write_range(m, first, last, wait ? WAIT : TRY, ~0UL);
		if (wait)
			wait_range(m, first, last);
	}
	return wait ? errseq_check(&m->errors, seen) : 0;
}

int pagecache_sync(struct mapping *m, u64 start, u64 end, bool wait)
{
	return pagecache_sync_since(m, start, end, wait, &m->errors_seen);
}

/* --- the flusher --- */

static bool too_many_dirty(void)
{
	return writeback_nr_dirty() >= background_limit;
}

/* The first mapping on the list that cond admits, held; NULL: none. */
static struct mapping *next_mapping(bool (*cond)(struct mapping *m, nsec_t start), nsec_t start)
{
	struct mapping *m, *tmp;

	spin_lock(&dirty_lock);
	list_for_each_safe (m, tmp, &dirty_mappings, dirty_link) {
		if (!cond(m, start))
			break;
		if (m->ops->hold && !m->ops->hold(m))
			continue; /* it is going: writeback_forget() will take it off */
		/* To the end, so that nobody takes it twice in one round. */
		list_remove(&m->dirty_link);
		list_append(&dirty_mappings, &m->dirty_link);
		m->dirtied_when = start;
		spin_unlock(&dirty_lock);
		return m;
	}
	spin_unlock(&dirty_lock);
	return NULL;
}

static void release(struct mapping *m)
{
	if (m->ops->release)
		m->ops->release(m);
}

static bool is_old(struct mapping *m, nsec_t start)
{
	return m->dirtied_when + DIRTY_AGE <= start;
}

static bool is_before(struct mapping *m, nsec_t start)
{
	return m->dirtied_when <= start;
}

/* One round over the mappings that cond admits, patiently or not. */
static void write_mappings(
	bool (*cond)(struct mapping *m, nsec_t start), u64 most, bool until_enough)
{
	nsec_t start = clock_now();
	struct mapping *m;

	while ((m = next_mapping(cond, start)) != NULL) {
		write_range(m, 0, ~0UL, TRY, most);
		requeue(m);
		release(m);
		if (until_enough && !too_many_dirty())
			break;
	}
}

static bool flusher_has_work(void)
{
	return flusher_asked || !list_empty(&dirty_mappings);
}

static void flusher(void *unused)
{
	(void)unused;
	for (;;) {
		/* Nothing dirty: sleeps until something is, so that an idle machine is idle. */
		wait_event(&flusher_wait, flusher_has_work());
		wait_event_timeout(&flusher_wait, flusher_asked, clock_now() + PERIOD);
		flusher_asked = false;
		write_mappings(is_old, ~0UL, false);
		if (too_many_dirty())
			write_mappings(is_before, ROUND, true);
	}
}

void writeback_wake(void)
{
	flusher_asked = true;
	waitq_wake_all(&flusher_wait);
}

static bool below_limit(void)
{
	return writeback_nr_dirty() + writeback_nr_writeback() < throttle_limit;
}

void pagecache_throttle_writer(void)
{
	if (likely(below_limit()) || !throttle_limit)
		return;
	/* Not for ever: a disk that never answers must not stop everybody who writes to another
	 * one. */
	for (u32 i = 0; i < 10 && !below_limit(); i++) {
		writeback_wake();
		wait_event_timeout(
			&throttle_wait, below_limit(), clock_now() + 100 * NSEC_PER_MSEC);
	}
}

void writeback_sync_all(bool wait)
{
	nsec_t start = clock_now();
	struct mapping *m;

	while ((m = next_mapping(is_before, start)) != NULL) {
		/* The error stays in the mapping for its own fsync. */
		write_range(m, 0, ~0UL, wait ? WAIT : TRY, ~0UL);
		if (wait)
			wait_range(m, 0, ~0UL);
		requeue(m);
		release(m);
	}
	/* What others began to write. */
	if (wait)
		wait_event_timeout(
			&throttle_wait, !writeback_nr_writeback(), start + 30 * NSEC_PER_SEC);
}

void writeback_init(void)
{
	struct page_stats st;
	struct thread *t;

	page_get_stats(&st);
	background_limit = max(st.total / 10, 64UL);
	throttle_limit = max(st.total / 5, 128UL);
	t = thread_create_kernel("flusher", flusher, NULL);
	if (!t)
		panic("writeback_init: no memory for the flusher thread");
	thread_start(t);
}

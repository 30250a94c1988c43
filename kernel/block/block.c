// SPDX-License-Identifier: MIT
/*
 * Block devices: the registry, requests, and the mapping that every device owns.
 *
 * A device's mapping is the only cache of its blocks: raw reads of /dev/vda and filesystem metadata
 * share it. File contents have mappings of their own, so of a device's page only the sectors that
 * were changed through it may be written back (page->dirty_sectors): the others can belong to a
 * file and be stale here.
 *
 * Locks: registry_lock (RANK_DEVICE) guards the list; devices are never unregistered.
 */
#include "block/block.h"
#include "block/pageio.h"
#include "block/reserve.h"
#include "debug/printk.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/pagecache.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "sched/sched.h"
#include "sched/timer.h"
#include "sync/waitq.h"

static struct spinlock registry_lock = SPINLOCK_INIT(registry_lock, RANK_DEVICE);
static struct list devices = LIST_INIT(devices);
static struct reserve requests[NR_BLOCK_LEVELS];

/* ---------------------------------------------------------------- the mapping of a device */

static void bdev_read_pages(struct mapping *m, struct page **pages, u32 nr)
{
	struct block_device *bd = m->host;
	struct pageio *io = pageio_begin(bd, BLOCK_READ, pages, nr);
	u64 end = bd->nr_sectors << SECTOR_SHIFT;

	for (u32 i = 0; i < nr; i++) {
		u64 offset = page_index(pages[i]) << PAGE_SHIFT;
		u32 len = offset >= end ? 0 : (u32)min(PAGE_SIZE, end - offset);

		if (len < PAGE_SIZE)
			memset((char *)page_address(pages[i]) + len, 0, PAGE_SIZE - len);
		if (len)
			pageio_add(io, i, 0, len, offset >> SECTOR_SHIFT);
	}
	pageio_finish(io);
}

/* Adds the runs of set bits of `mask`, one bit a sector, that lie on the device. */
static void add_dirty_runs(struct pageio *io, u32 i, u64 first_sector, u32 mask, u64 nr_sectors)
{
	for (u32 from = 0; from < 8; from++) {
		u32 to = from;

		while (to < 8 && mask >> to & 1 && first_sector + to < nr_sectors)
			to++;
		if (to == from)
			continue;
		pageio_add(
			io, i, from * SECTOR_SIZE, (to - from) * SECTOR_SIZE, first_sector + from);
		from = to;
	}
}

static void bdev_write_pages(struct mapping *m, struct page **pages, u32 nr)
{
	struct block_device *bd = m->host;
	struct pageio *io = pageio_begin(bd, BLOCK_WRITE, pages, nr);

	for (u32 i = 0; i < nr; i++) {
		u8 mask = __atomic_exchange_n(&pages[i]->dirty_sectors, 0, __ATOMIC_SEQ_CST);

		add_dirty_runs(io, i, page_index(pages[i]) * (PAGE_SIZE / SECTOR_SIZE), mask,
			bd->nr_sectors);
	}
	pageio_finish(io);
}

static bool bdev_hold(struct mapping *m)
{
	(void)m; /* devices live for ever */
	return true;
}

static void bdev_release(struct mapping *m)
{
	(void)m;
}

static const struct mapping_ops bdev_mapping_ops = {
	.read_pages = bdev_read_pages,
	.write_pages = bdev_write_pages,
	.hold = bdev_hold,
	.release = bdev_release,
};

/* ---------------------------------------------------------------- registry */

int block_register(struct block_device *bd)
{
	if (block_find(bd->name))
		return -EEXIST;
	mapping_init(&bd->mapping, &bdev_mapping_ops, bd, MAPPING_BDEV);
	mapping_set_size(&bd->mapping, bd->nr_sectors << SECTOR_SHIFT);
	spin_lock(&registry_lock);
	list_append(&devices, &bd->link);
	spin_unlock(&registry_lock);
	pr_info("%s: %lu KiB%s", bd->name, bd->nr_sectors / 2, bd->read_only ? ", read-only" : "");
	return 0;
}

struct block_device *block_find(const char *name)
{
	struct block_device *bd, *found = NULL;

	if (strncmp(name, "/dev/", 5) == 0)
		name += 5;
	spin_lock(&registry_lock);
	list_for_each (bd, &devices, link)
		if (strcmp(bd->name, name) == 0)
			found = bd;
	spin_unlock(&registry_lock);
	return found;
}

struct block_device *block_find_dev(dev_t dev)
{
	struct block_device *bd, *found = NULL;

	spin_lock(&registry_lock);
	list_for_each (bd, &devices, link)
		if (bd->dev == dev)
			found = bd;
	spin_unlock(&registry_lock);
	return found;
}

/* No lock: devices are only ever appended, and a panic calls this. */
void block_for_each(void (*fn)(struct block_device *bd, void *arg), void *arg)
{
	struct block_device *bd;

	list_for_each (bd, &devices, link)
		fn(bd, arg);
}

/* ---------------------------------------------------------------- requests */

struct block_request *block_request_alloc(enum block_level level)
{
	struct block_request *rq = reserve_alloc(&requests[level]);

	rq->level = level;
	rq->nr_segments = 0;
	rq->private = NULL;
	list_init(&rq->link);
	return rq;
}

void block_request_free(struct block_request *rq)
{
	reserve_free(&requests[rq->level], rq);
}

static u64 request_sectors(const struct block_request *rq)
{
	u64 bytes = 0;

	for (u32 i = 0; i < rq->nr_segments; i++)
		bytes += rq->segments[i].len;
	return bytes >> SECTOR_SHIFT;
}

void block_submit(struct block_device *bd, struct block_request *rq)
{
	u64 nr = request_sectors(rq);

	if (rq->sector > bd->nr_sectors || nr > bd->nr_sectors - rq->sector) {
		pr_warn("%s: access beyond the end: sector %lu + %lu of %lu", bd->name, rq->sector,
			nr, bd->nr_sectors);
		rq->done(rq, -EIO);
		return;
	}
	if (rq->op == BLOCK_WRITE && bd->read_only) {
		rq->done(rq, -EROFS);
		return;
	}
	if (rq->op == BLOCK_READ) {
		__atomic_fetch_add(&bd->reads, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&bd->sectors_read, nr, __ATOMIC_RELAXED);
	} else if (rq->op == BLOCK_WRITE) {
		__atomic_fetch_add(&bd->writes, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&bd->sectors_written, nr, __ATOMIC_RELAXED);
	}
	bd->ops->submit(bd, rq);
}

struct flush_wait {
	struct waitq waitq;
	bool finished;
	int err;
};

/* All of it under the queue's lock: it lies on the stack of one who looks at `finished` and
 * goes. */
static void flush_done(struct block_request *rq, int err)
{
	struct flush_wait *w = rq->private;
	irqflags_t f = spin_lock_irqsave(&w->waitq.lock);

	w->err = err;
	atomic_store(&w->finished, true);
	waitq_wake_all_locked(&w->waitq);
	spin_unlock_irqrestore(&w->waitq.lock, f);
}

/* Who has seen `finished` takes that lock once more: then flush_done is over, and the stack frame
 * may go. */
static void flush_wait_over(struct flush_wait *w)
{
	irqflags_t f = spin_lock_irqsave(&w->waitq.lock);

	spin_unlock_irqrestore(&w->waitq.lock, f);
}

int block_flush(struct block_device *bd)
{
	struct block_request *rq;
	struct flush_wait w = { .finished = false };

	if (!bd->has_flush)
		return 0;
	rq = block_request_alloc(BLOCK_OF_DISK);
	waitq_init(&w.waitq);
	rq->op = BLOCK_FLUSH;
	rq->sector = 0;
	rq->done = flush_done;
	rq->private = &w;
	block_submit(bd, rq);
	wait_event(&w.waitq, atomic_load(&w.finished));
	flush_wait_over(&w);
	block_request_free(rq);
	return w.err;
}

/* ---------------------------------------------------------------- metadata */

/* Who needs metadata is often half-way through a change that has no way back. Memory is waited for:
 * processes end, or are ended. But not for ever, since one of them may need a lock that the caller
 * holds; and not by the reclaim thread, on which all wait. */
#define MEMORY_PATIENCE (5 * NSEC_PER_SEC)
#define MEMORY_WAIT     (10 * NSEC_PER_MSEC)

/* *end: until when; 0 at the first time. */
static bool wait_for_memory(const struct page *p, nsec_t *end)
{
	nsec_t now = clock_now();

	if (!*end)
		*end = now + MEMORY_PATIENCE;
	if (PTR_ERR(p) != -ENOMEM || reclaim_is_current() || now > *end)
		return false;
	thread_set_state(THREAD_BLOCKED);
	thread_sleep_until(now + MEMORY_WAIT);
	return true;
}

struct page *block_read(struct block_device *bd, u64 offset, void **data)
{
	struct page *p;
	nsec_t end = 0;

	if (offset >= bd->nr_sectors << SECTOR_SHIFT)
		return ERR_PTR(-EIO);
	do
		p = pagecache_read(&bd->mapping, offset >> PAGE_SHIFT, NULL);
	while (IS_ERR(p) && wait_for_memory(p, &end));
	if (!IS_ERR(p))
		*data = (char *)page_address(p) + page_offset_in(offset);
	return p;
}

struct page *block_get_zeroed(struct block_device *bd, u64 offset, u32 len, void **data)
{
	struct page *p;
	nsec_t end = 0;
	int err;

	if (offset + len > bd->nr_sectors << SECTOR_SHIFT)
		return ERR_PTR(-EIO);
	do
		p = pagecache_grab(&bd->mapping, offset >> PAGE_SHIFT);
	while (IS_ERR(p) && wait_for_memory(p, &end));
	if (IS_ERR(p))
		return p;
	if (!page_test(p, PG_UPTODATE)) {
		if (len == PAGE_SIZE) {
			page_set(p, PG_UPTODATE);
		} else {
			err = pagecache_fill(&bd->mapping, p);
			if (err) {
				page_unlock(p);
				page_put(p);
				return ERR_PTR(err);
			}
		}
	}
	*data = (char *)page_address(p) + page_offset_in(offset);
	memset(*data, 0, len);
	pagecache_mark_dirty_range(p, page_offset_in(offset), page_offset_in(offset) + len);
	page_unlock(p);
	return p;
}

void block_init(void)
{
	struct slab_cache *cache =
		slab_cache_create("block_request", sizeof(struct block_request), 16);

	for (u32 level = 0; level < NR_BLOCK_LEVELS; level++)
		reserve_init(&requests[level], cache);
	pageio_init();
}

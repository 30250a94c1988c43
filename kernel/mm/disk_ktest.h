/* SPDX-License-Identifier: MIT */
/* For in-kernel tests: a file on a disk made of kmalloc, with latency, errors and holes at will;
 * and counting of free frames. */
#pragma once

#include "debug/ktest.h"
#include "debug/printk.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/kstack.h"
#include "mm/mm.h"
#include "mm/pagecache.h"
#include "mm/slab.h"
#include "mm/writeback.h"
#include "sched/sched.h"
#include "sched/timer.h"

#define TEST_BLOCKS 256

struct test_disk {
	struct mapping m;
	u8 *blocks[TEST_BLOCKS];     /* NULL: a hole */
	bool slow;                   /* I/O ends in an interrupt a little later */
	int fail_reads, fail_writes; /* errno, or 0 */
	u32 blocks_left;             /* prepare_write: then ENOSPC */
	atomic_t under_way, nr_reads, nr_writes, lost, files;
	struct spinlock lock; /* blocks_left */
	pgoff_t last_start;   /* of the last read_pages or write_pages */
	u32 last_nr;
};

struct test_io {
	struct timer timer;
	struct test_disk *d;
	bool write;
	int err;
	u32 nr;
	struct page *pages[64];
};

static inline struct test_disk *test_disk_of(struct mapping *m)
{
	return m->host;
}

static inline void test_io_end(struct timer *t)
{
	struct test_io *io = container_of(t, struct test_io, timer);
	struct test_disk *d = io->d;

	for (u32 i = 0; i < io->nr; i++) {
		if (io->write)
			pagecache_end_write(io->pages[i], io->err);
		else
			pagecache_end_read(io->pages[i], io->err);
	}
	kfree(io);
	atomic_dec_and_test(&d->under_way);
}

static inline void test_io_start(
	struct mapping *m, struct page **pages, u32 nr, bool write, int err)
{
	struct test_disk *d = test_disk_of(m);
	struct test_io *io = kzalloc(sizeof(*io));

	d->last_start = page_index(pages[0]);
	d->last_nr = nr;
	atomic_inc(&d->under_way);
	timer_init(&io->timer, test_io_end);
	io->d = d;
	io->write = write;
	io->err = err;
	io->nr = nr;
	memcpy(io->pages, pages, nr * sizeof(pages[0]));
	if (d->slow)
		timer_start(&io->timer, clock_now() + 200 * NSEC_PER_USEC);
	else
		test_io_end(&io->timer);
}

static inline void test_read_pages(struct mapping *m, struct page **pages, u32 nr)
{
	struct test_disk *d = test_disk_of(m);

	atomic_inc(&d->nr_reads);
	for (u32 i = 0; i < nr; i++) {
		u8 *block =
			page_index(pages[i]) < TEST_BLOCKS ? d->blocks[page_index(pages[i])] : NULL;

		if (block)
			memcpy(page_address(pages[i]), block, PAGE_SIZE);
		else
			memset(page_address(pages[i]), 0, PAGE_SIZE);
	}
	test_io_start(m, pages, nr, false, d->fail_reads);
}

static inline void test_write_pages(struct mapping *m, struct page **pages, u32 nr)
{
	struct test_disk *d = test_disk_of(m);

	atomic_inc(&d->nr_writes);
	for (u32 i = 0; i < nr && !d->fail_writes; i++) {
		u8 *block = d->blocks[page_index(pages[i])];

		if (block)
			memcpy(block, page_address(pages[i]), PAGE_SIZE);
		else
			atomic_inc(&d->lost); /* dirty, but nobody asked for space */
	}
	test_io_start(m, pages, nr, true, d->fail_writes);
}

static inline int test_prepare_write(struct mapping *m, struct page *p, u32 from, u32 to)
{
	struct test_disk *d = test_disk_of(m);
	u8 **block = &d->blocks[page_index(p)];
	int err = 0;

	(void)from, (void)to;
	if (*block)
		return 0;
	spin_lock(&d->lock);
	if (d->blocks_left)
		d->blocks_left--;
	else
		err = -ENOSPC;
	spin_unlock(&d->lock);
	if (!err)
		*block = kzalloc(PAGE_SIZE);
	return err;
}

static const struct mapping_ops test_disk_ops = {
	.read_pages = test_read_pages,
	.write_pages = test_write_pages,
	.prepare_write = test_prepare_write,
};
static const struct mapping_ops test_memory_ops = { 0 };

static inline void test_file_get(void *file)
{
	atomic_inc(&((struct test_disk *)file)->files);
}

static inline void test_file_put(void *file)
{
	atomic_dec_and_test(&((struct test_disk *)file)->files);
}

static const struct map_file_ops test_file_ops = { .get = test_file_get, .put = test_file_put };

/* What byte `at` of the file's page `index` holds at first. */
static inline u8 test_byte(pgoff_t index, u32 at)
{
	return (u8)(index * 7 + at * 13 + 1);
}

/* A file of nr_blocks full pages with test_byte() in them; on a disk, or (memory) on none. */
static inline struct test_disk *test_disk_create(u32 nr_blocks, bool memory)
{
	struct test_disk *d = kzalloc(sizeof(*d));

	mapping_init(&d->m, memory ? &test_memory_ops : &test_disk_ops, d,
		memory ? MAPPING_SWAPBACKED : 0);
	mapping_set_size(&d->m, nr_blocks * PAGE_SIZE);
	spin_init(&d->lock, RANK_DEVICE);
	d->blocks_left = TEST_BLOCKS;
	for (u32 i = 0; i < nr_blocks && !memory; i++) {
		d->blocks[i] = kmalloc(PAGE_SIZE);
		for (u32 at = 0; at < PAGE_SIZE; at++)
			d->blocks[i][at] = test_byte(i, at);
	}
	return d;
}

static inline void test_disk_destroy(struct test_disk *d)
{
	KCHECK(!atomic_read(&d->files));
	mapping_destroy(&d->m);
	while (atomic_read(&d->under_way))
		cpu_relax();
	KCHECK(!atomic_read(&d->lost));
	for (u32 i = 0; i < TEST_BLOCKS; i++)
		kfree(d->blocks[i]);
	kfree(d);
}

/* Does the cached page hold what the file held at first? */
static inline bool test_page_ok(struct page *p, pgoff_t index)
{
	const u8 *data = page_address(p);

	for (u32 at = 0; at < PAGE_SIZE; at++)
		if (data[at] != test_byte(index, at))
			return false;
	return true;
}

/* Frames that are free or could be at once. */
static inline u64 test_frames_free(void)
{
	struct page_stats st;

	kstack_shrink();
	slab_shrink();
	page_drain_caches();
	page_get_stats(&st);
	return st.free;
}

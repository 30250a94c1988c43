// SPDX-License-Identifier: MIT
/* The page cache over a disk of our own: reading, read-ahead, writing, errors, sizes, holes; and
 * all of it at once. */
#include "mm/disk_ktest.h"
#include "mm/readahead.h"
#include "sched/threads_ktest.h"

/* Reads page `index`; true if it is what it should be. */
static bool read_ok(struct test_disk *d, pgoff_t index, struct readahead *ra)
{
	struct page *p = pagecache_read(&d->m, index, ra);
	bool ok = !IS_ERR(p) && test_page_ok(p, index);

	if (!IS_ERR(p))
		page_put(p);
	return ok;
}

static void write_byte(struct test_disk *d, pgoff_t index, u32 at, u8 value)
{
	struct page *p = pagecache_grab(&d->m, index);

	KCHECK(!IS_ERR(p) && !pagecache_fill(&d->m, p));
	KCHECK(!test_prepare_write(&d->m, p, at, at + 1));
	((u8 *)page_address(p))[at] = value;
	pagecache_mark_dirty(p);
	page_unlock(p);
	page_put(p);
}

static int byte_at(struct test_disk *d, pgoff_t index, u32 at)
{
	struct page *p = pagecache_read(&d->m, index, NULL);
	int value = IS_ERR(p) ? (int)PTR_ERR(p) : ((u8 *)page_address(p))[at];

	if (!IS_ERR(p))
		page_put(p);
	return value;
}

KTEST(pagecache_reads_and_finds)
{
	u64 before = test_frames_free();
	struct test_disk *d = test_disk_create(40, false);

	KCHECK(!pagecache_find(&d->m, 3));
	KCHECK(read_ok(d, 3, NULL));
	KCHECK(atomic_read(&d->nr_reads) == 1 && d->last_nr == 1);
	KCHECK(read_ok(d, 3, NULL)); /* from the cache */
	KCHECK(atomic_read(&d->nr_reads) == 1);
	d->slow = true;
	for (u32 i = 0; i < 40; i++)
		KCHECK(read_ok(d, i, NULL));
	test_disk_destroy(d);
	KCHECK(test_frames_free() == before);
}

KTEST(pagecache_readahead_doubles)
{
	struct test_disk *d = test_disk_create(200, false);
	struct readahead ra = { 0 };

	KCHECK(read_ok(d, 0, &ra));
	KCHECK(d->last_start == 0 && d->last_nr == 4);
	KCHECK(read_ok(d, 1, &ra));
	KCHECK(d->last_start == 0);
	KCHECK(read_ok(d, 2, &ra)); /* the marker */
	KCHECK(d->last_start == 4 && d->last_nr == 8);
	KCHECK(read_ok(d, 3, &ra));
	KCHECK(read_ok(d, 4, &ra));
	KCHECK(d->last_start == 12 && d->last_nr == 16);
	for (u32 i = 5; i < 13; i++)
		KCHECK(read_ok(d, i, &ra));
	KCHECK(d->last_start == 28 && d->last_nr == 32);
	for (u32 i = 13; i < 200; i++)
		KCHECK(read_ok(d, i, &ra));
	KCHECK(atomic_read(&d->nr_reads) < 12); /* 4 8 16 32 32 ... */
	test_disk_destroy(d);
}

KTEST(pagecache_random_reads_no_more)
{
	struct test_disk *d = test_disk_create(200, false);
	struct readahead ra = { .advice = RA_RANDOM };

	KCHECK(read_ok(d, 0, &ra) && d->last_nr == 1);
	KCHECK(read_ok(d, 1, &ra) && d->last_nr == 1);
	ra = (struct readahead){ 0 };
	KCHECK(read_ok(d, 100, &ra) && d->last_nr == 1); /* a jump */
	KCHECK(read_ok(d, 50, &ra) && d->last_nr == 1);
	ra = (struct readahead){ .advice = RA_SEQUENTIAL };
	KCHECK(read_ok(d, 120, &ra) && d->last_nr == 64);
	test_disk_destroy(d);
}

KTEST(pagecache_read_errors)
{
	struct test_disk *d = test_disk_create(10, false);

	d->fail_reads = -EIO;
	KCHECK(byte_at(d, 1, 0) == -EIO);
	d->slow = true;
	KCHECK(byte_at(d, 2, 0) == -EIO);
	d->fail_reads = 0;
	KCHECK(read_ok(d, 1, NULL)); /* it heals */
	d->fail_reads = -ENOMEM;     /* of the filesystem, for its maps: not the disk's fault */
	KCHECK(byte_at(d, 3, 0) == -ENOMEM);
	d->fail_reads = 0;
	KCHECK(read_ok(d, 3, NULL));
	test_disk_destroy(d);
}

KTEST(pagecache_writes_in_clusters)
{
	struct test_disk *d = test_disk_create(200, false);

	for (u32 slow = 0; slow < 2; slow++) {
		d->slow = slow;
		atomic_set(&d->nr_writes, 0);
		for (u32 i = 10; i < 110; i++)
			write_byte(d, i, 5, (u8)(77 + slow));
		KCHECK(d->blocks[20][5] != (u8)(77 + slow));
		KCHECK(!pagecache_sync(&d->m, 0, 200 * PAGE_SIZE, true));
		KCHECK(atomic_read(&d->nr_writes) == 2); /* 64 + 36 */
		for (u32 i = 10; i < 110; i++)
			KCHECK(d->blocks[i][5] == (u8)(77 + slow) &&
				d->blocks[i][6] == test_byte(i, 6));
		KCHECK(!radix_tagged(&d->m.pages, MAPPING_TAG_DIRTY));
	}
	test_disk_destroy(d);
}

KTEST(pagecache_write_error_is_reported_once)
{
	struct test_disk *d = test_disk_create(10, false);

	write_byte(d, 1, 0, 1);
	d->fail_writes = -EIO;
	KCHECK(pagecache_sync(&d->m, 0, 10 * PAGE_SIZE, true) == -EIO);
	d->fail_writes = 0;
	KCHECK(pagecache_sync(&d->m, 0, 10 * PAGE_SIZE, true) == 0);
	test_disk_destroy(d);
}

KTEST(pagecache_write_error_is_told_to_every_watcher)
{
	struct test_disk *d = test_disk_create(10, false);
	errseq_t first = errseq_sample(&d->m.errors), second = errseq_sample(&d->m.errors), third;

	write_byte(d, 1, 0, 1);
	d->fail_writes = -EIO;
	KCHECK(pagecache_sync_since(&d->m, 0, 10 * PAGE_SIZE, true, &first) == -EIO);
	d->fail_writes = 0;
	third = errseq_sample(&d->m.errors); /* it has been reported by now */
	KCHECK(pagecache_sync_since(&d->m, 0, 10 * PAGE_SIZE, true, &first) == 0);
	KCHECK(pagecache_sync_since(&d->m, 0, 10 * PAGE_SIZE, true, &second) == -EIO);
	KCHECK(pagecache_sync_since(&d->m, 0, 10 * PAGE_SIZE, true, &second) == 0);
	KCHECK(pagecache_sync_since(&d->m, 0, 10 * PAGE_SIZE, true, &third) == 0);
	test_disk_destroy(d);
}

KTEST(pagecache_flusher_writes_old_pages)
{
	struct test_disk *d = test_disk_create(10, false);
	nsec_t start = clock_now();

	write_byte(d, 1, 0, 99);
	while (d->blocks[1][0] != 99 && clock_now() < start + 60 * NSEC_PER_SEC) {
		thread_set_state(THREAD_BLOCKED);
		thread_sleep_until(clock_now() + 100 * NSEC_PER_MSEC);
	}
	KCHECK(d->blocks[1][0] == 99);
	KCHECK(clock_now() >= start + 4 * NSEC_PER_SEC);
	test_disk_destroy(d);
}

KTEST(pagecache_sync_all)
{
	struct test_disk *d = test_disk_create(10, false);

	d->slow = true;
	write_byte(d, 9, 0, 98);
	writeback_sync_all(true);
	KCHECK(d->blocks[9][0] == 98);
	KCHECK(!pagecache_sync(&d->m, 0, ~0UL, true));
	test_disk_destroy(d);
}

KTEST(pagecache_forgets_with_nothing_under_way)
{
	struct test_disk *d = test_disk_create(10, false);
	struct page *p;

	d->m.flags |= MAPPING_BDEV;
	d->slow = true;
	for (u32 i = 0; i < 100; i++) { /* some writes end before we look */
		write_byte(d, 3, 0, (u8)i);
		p = pagecache_find(&d->m, 3);
		pagecache_sync(&d->m, 0, ~0UL, false);
		pagecache_forget(&d->m, 3 * PAGE_SIZE, PAGE_SIZE);
		KCHECK(!page_test(p, PG_WRITEBACK | PG_DIRTY));
		page_put(p);
	}
	test_disk_destroy(d);
}

KTEST(pagecache_truncates)
{
	u64 before = test_frames_free();
	struct test_disk *d = test_disk_create(20, false);
	struct page *p;

	for (u32 i = 0; i < 20; i++)
		KCHECK(read_ok(d, i, NULL));
	KCHECK(!pagecache_set_size(&d->m, 5 * PAGE_SIZE + 100));
	KCHECK(d->m.pages.count == 6 && mapping_size(&d->m) == 5 * PAGE_SIZE + 100);
	KCHECK(byte_at(d, 5, 99) == test_byte(5, 99) && byte_at(d, 5, 100) == 0);
	/* zeros behind the end are on the disk, too */
	KCHECK(!pagecache_sync(&d->m, 0, ~0UL, true));
	KCHECK(d->blocks[5][99] == test_byte(5, 99) && d->blocks[5][100] == 0 &&
		d->blocks[5][4095] == 0);
	/* What a mapping stores behind the end is not in the file when that grows. */
	p = pagecache_find(&d->m, 5);
	((u8 *)page_address(p))[200] = 1;
	page_put(p);
	KCHECK(!pagecache_set_size(&d->m, 8 * PAGE_SIZE));
	KCHECK(byte_at(d, 5, 200) == 0);
	test_disk_destroy(d);
	KCHECK(test_frames_free() == before);
}

KTEST(pagecache_truncate_needs_the_last_page)
{
	struct test_disk *d = test_disk_create(20, false);

	d->fail_reads = -EIO;
	KCHECK(pagecache_set_size(&d->m, 5 * PAGE_SIZE + 100) == -EIO);
	KCHECK(mapping_size(&d->m) == 20 * PAGE_SIZE);
	KCHECK(!pagecache_set_size(&d->m, 5 * PAGE_SIZE)); /* no part of a page */
	test_disk_destroy(d);
}

KTEST(pagecache_punches_holes)
{
	struct test_disk *d = test_disk_create(20, false);

	for (u32 i = 0; i < 20; i++)
		KCHECK(read_ok(d, i, NULL));
	KCHECK(!pagecache_punch_hole(&d->m, 2 * PAGE_SIZE + 10, 5 * PAGE_SIZE + 20));
	KCHECK(d->m.pages.count == 18);
	KCHECK(byte_at(d, 2, 9) == test_byte(2, 9) && byte_at(d, 2, 10) == 0 &&
		byte_at(d, 2, 4095) == 0);
	KCHECK(byte_at(d, 5, 19) == 0 && byte_at(d, 5, 20) == test_byte(5, 20));
	KCHECK(!pagecache_punch_hole(&d->m, 7 * PAGE_SIZE + 10, 7 * PAGE_SIZE + 20));
	KCHECK(byte_at(d, 7, 9) == test_byte(7, 9) && byte_at(d, 7, 10) == 0 &&
		byte_at(d, 7, 20) == test_byte(7, 20));
	test_disk_destroy(d);
}

KTEST(pagecache_memory_has_no_disk)
{
	u64 before = test_frames_free();
	struct test_disk *d = test_disk_create(20, true);
	struct pagecache_stats st, st2;

	pagecache_get_stats(&st);
	KCHECK(byte_at(d, 3, 0) == 0);
	KCHECK(byte_at(d, 4, 0) == 0);
	pagecache_get_stats(&st2);
	KCHECK(st2.shmem == st.shmem + 2);
	KCHECK(!pagecache_sync(&d->m, 0, ~0UL, true));
	pagecache_invalidate(&d->m, 0, ~0UL);
	KCHECK(d->m.pages.count == 2);
	test_disk_destroy(d);
	KCHECK(test_frames_free() == before);
}

KTEST(pagecache_invalidates_what_is_clean)
{
	struct test_disk *d = test_disk_create(20, false);

	for (u32 i = 0; i < 20; i++)
		KCHECK(read_ok(d, i, NULL));
	write_byte(d, 7, 0, 1);
	pagecache_invalidate(&d->m, 0, 20 * PAGE_SIZE);
	KCHECK(d->m.pages.count == 1);
	test_disk_destroy(d);
}

KTEST(pagecache_gives_memory_back)
{
	struct test_disk *d = test_disk_create(200, false);
	struct page_list held = { 0 };
	struct page *p;

	for (u32 i = 0; i < 200; i++)
		KCHECK(read_ok(d, i, NULL));
	write_byte(d, 7, 0, 55);
	while ((p = page_alloc(PAGE_USER)) != NULL)
		page_list_push(&held, p);
	KCHECK(d->m.pages.count == 0 || d->m.pages.count == 1);
	while ((p = page_list_first(&held)) != NULL) {
		page_list_remove(&held, p);
		page_put(p);
	}
	KCHECK(byte_at(d, 7, 0) == 55 && read_ok(d, 8, NULL));
	test_disk_destroy(d);
}

/* --- everything at once --- */

struct storm {
	struct test_disk *d;
	struct mutex inode_lock;
};

#define STORM_STEPS 1500 /* of each of 4 threads */

/* Every u64 of page i is i + 1 or 0, whatever is truncated, punched, written and dropped
 * meanwhile. */
static void check_words(struct page *p, pgoff_t index)
{
	const u64 *words = page_address(p);

	for (u32 i = 0; i < PAGE_SIZE / 8; i += 37) {
		u64 v = __atomic_load_n(&words[i], __ATOMIC_RELAXED);

		if (v && v != index + 1) {
			KCHECK(!"a page holds another page's data");
			return;
		}
	}
}

static void storm_write(struct storm *s, pgoff_t index)
{
	struct mapping *m = &s->d->m;
	struct page *p;

	mutex_lock(&s->inode_lock);
	if (mapping_size(m) < (index + 1) * PAGE_SIZE)
		pagecache_set_size(m, (index + 1) * PAGE_SIZE);
	p = pagecache_grab(m, index);
	if (!IS_ERR(p)) {
		u64 *words = page_address(p);

		KCHECK(!test_prepare_write(m, p, 0, PAGE_SIZE));
		for (u32 i = 0; i < PAGE_SIZE / 8; i++)
			__atomic_store_n(&words[i], index + 1, __ATOMIC_RELAXED);
		page_set(p, PG_UPTODATE);
		pagecache_mark_dirty(p);
		page_unlock(p);
		page_put(p);
	}
	mutex_unlock(&s->inode_lock);
}

static void storm_member(void *arg, u32 index)
{
	struct storm *s = arg;
	struct mapping *m = &s->d->m;
	struct readahead ra = { 0 };
	u64 random = index * 1000 + 1;

	for (u32 step = 0; step < STORM_STEPS; step++) {
		pgoff_t i = ktest_random(&random) % 100;
		struct page *p;

		switch (ktest_random(&random) % 16) {
		case 0:
			mutex_lock(&s->inode_lock);
			pagecache_set_size(m, i * PAGE_SIZE + (i & 1) * 2048);
			mutex_unlock(&s->inode_lock);
			break;
		case 1:
			mutex_lock(&s->inode_lock);
			pagecache_punch_hole(m, i * PAGE_SIZE, (i + 5) * PAGE_SIZE);
			mutex_unlock(&s->inode_lock);
			break;
		case 2:
			pagecache_sync(m, 0, ~0UL, true);
			break;
		case 3:
			pagecache_invalidate(m, 0, ~0UL);
			break;
		case 4:
			writeback_sync_all(false);
			break;
		case 5:
		case 6:
		case 7:
			storm_write(s, i);
			break;
		default:
			p = pagecache_read(m, i, &ra);
			if (!IS_ERR(p)) {
				check_words(p, i);
				page_put(p);
			}
		}
	}
}

KTEST(pagecache_storm)
{
	struct storm s = { .d = test_disk_create(0, false) };
	u64 before = test_frames_free();

	mutex_init(&s.inode_lock, RANK_INODE);
	s.d->slow = true;
	ktest_run_crew(4, false, storm_member, &s);
	KCHECK(!pagecache_sync(&s.d->m, 0, ~0UL, true));
	KCHECK(atomic_read(&s.d->nr_writes) > 10);
	pagecache_drop(&s.d->m, 0, ~0UL);
	for (u32 i = 0; i < TEST_BLOCKS; i++) {
		kfree(s.d->blocks[i]);
		s.d->blocks[i] = NULL;
	}
	KCHECK(test_frames_free() == before);
	test_disk_destroy(s.d);
}

// SPDX-License-Identifier: MIT
/*
 * punch_hole_storm.c: While threads touch a mapped file, holes are punched into it: when that is done,
 * nothing of what was there is seen any more, be the page read anew in the middle of it; and what is
 * stored there afterwards comes to the disk.
 */
#include <linux/falloc.h>

#include "thread.h"

#define NR_TOUCHERS 2
#define NR_PAGES    8
#define HOLE_FIRST  2
#define HOLE_PAGES  4

#define MARK  0 /* words of each page: stored by the main thread */
#define TOUCH 1 /* stored by the touchers: 0 or 1 */

static volatile uint32_t *memory;
static volatile bool stop, store;
static int fd;

static void *toucher(void *arg)
{
	unsigned page = (unsigned)(long)arg;

	for (; !stop; page++) {
		volatile uint32_t *p = memory + page % NR_PAGES * (PAGE / 4);

		if (store)
			p[TOUCH] = 1;
		else
			(void)p[TOUCH];
		if (page % NR_PAGES == 0)
			sched_yield();
	}
	return NULL;
}

static void fill(uint32_t value)
{
	static uint32_t page[PAGE / 4];

	for (size_t i = 0; i < NR_ITEMS(page); i++)
		page[i] = value;
	for (int i = 0; i < NR_PAGES; i++)
		CHECK_EQ(pwrite(fd, page, PAGE, (off_t)i * PAGE), PAGE);
	CHECK_OK(fsync(fd));
}

/* Each page of the hole has this mark, and zeros. */
static void check_hole(const char *when, uint32_t mark)
{
	static uint32_t page[PAGE / 4];

	for (int i = HOLE_FIRST; i < HOLE_FIRST + HOLE_PAGES; i++) {
		CHECK_EQ(pread(fd, page, PAGE, (off_t)i * PAGE), PAGE);
		if (page[MARK] != mark || page[TOUCH] > 1)
			CHECK_FAILED("%s: page %d has %#x %#x, and not %#x", when, i, page[MARK],
				page[TOUCH], mark);
		for (size_t n = 2; n < NR_ITEMS(page); n++)
			if (page[n])
				CHECK_FAILED(
					"%s: page %d has %#x at word %zu", when, i, page[n], n);
	}
}

static void one_round(uint32_t value)
{
	fill(0xf0000000 | value);
	CHECK_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, HOLE_FIRST * PAGE,
		HOLE_PAGES * PAGE));
	check_hole("after the punch", 0);
	for (int i = HOLE_FIRST; i < HOLE_FIRST + HOLE_PAGES; i++)
		memory[i * (PAGE / 4) + MARK] = value;
	CHECK_OK(fsync(fd));
	CHECK_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	check_hole("after a store", value);
}

TEST_IN_DIR()
{
	pthread_t threads[NR_TOUCHERS];

	fd = make_file("a", NR_PAGES * PAGE);
	memory = CHECK_OK(mmap(NULL, NR_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	for (long i = 0; i < NR_TOUCHERS; i++)
		threads[i] = thread_start(toucher, (void *)(i * 3));
	for (uint32_t i = 1; i <= 20; i++) {
		store = i & 1;
		one_round(i);
	}
	stop = true;
	for (int i = 0; i < NR_TOUCHERS; i++)
		thread_join(threads[i]);
}

// SPDX-License-Identifier: MIT
/*
 * fallocate_punch_large.c: A large hole gives back the room of all that was there, and leaves what is
 * around it; a second one over everything leaves none.
 */
#include <linux/falloc.h>

#include "test.h"

#define NR_PAGES 700
#define FIRST    7
#define LAST     690 /* of the first hole, and not of it */

static int fd;

static void punch(off_t from, off_t to)
{
	CHECK_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, to - from));
}

static void check_blocks(long most)
{
	struct stat st;

	CHECK_OK(fsync(fd)); /* some filesystems of Linux count late */
	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_size, NR_PAGES * PAGE);
	if (st.st_blocks > most)
		CHECK_FAILED("%ld blocks, at most %ld are needed", (long)st.st_blocks, most);
}

static void check_pages(void)
{
	unsigned char page[PAGE];

	for (int i = 0; i < NR_PAGES; i++) {
		CHECK_EQ(pread(fd, page, PAGE, (off_t)i * PAGE), PAGE);
		CHECK_ALL(page, i >= FIRST && i < LAST ? 0 : i % 255 + 1, PAGE);
	}
}

TEST_IN_DIR()
{
	unsigned char page[PAGE];

	fd = CHECK_OK(open("a", O_RDWR | O_CREAT, 0600));
	for (int i = 0; i < NR_PAGES; i++) {
		memset(page, i % 255 + 1, PAGE);
		CHECK_EQ(write(fd, page, PAGE), PAGE);
	}
	CHECK_OK(fsync(fd));
	punch(FIRST * PAGE, LAST * PAGE);
	check_blocks((NR_PAGES - (LAST - FIRST) + 8) * (PAGE / 512));
	check_pages();
	CHECK_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	check_pages();
	punch(0, NR_PAGES * PAGE);
	check_blocks(on_vellum() ? 0 : 64);
	CHECK_OK(close(fd));
}

// SPDX-License-Identifier: MIT
/*
 * lseek_data_hole.c: SEEK_DATA and SEEK_HOLE find what was written and what was not, block by block,
 * near and far in a file, also after a hole was punched and the file cut; behind the end is a hole,
 * of which there is nothing to be found (ENXIO).
 */
#include "test.h"

#define FAR (5L << 30) /* behind three levels of an ext2 file's map */

static void expect_extent(int fd, long from, long data, long hole)
{
	EXPECT_EQ(lseek(fd, from, SEEK_DATA), data);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), data);
	EXPECT_EQ(lseek(fd, data, SEEK_HOLE), hole);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), hole);
}

TEST_IN_DIR()
{
	int fd = CHECK_OK(open("a", O_RDWR | O_CREAT, 0600));
	static char bytes[2 * PAGE];

	EXPECT_ERR(lseek(fd, 0, SEEK_DATA), ENXIO);
	EXPECT_ERR(lseek(fd, 0, SEEK_HOLE), ENXIO);
	CHECK_OK(ftruncate(fd, 40 * PAGE + 100));
	EXPECT_ERR(lseek(fd, 0, SEEK_DATA), ENXIO);
	EXPECT_EQ(lseek(fd, 7, SEEK_HOLE), 7);
	EXPECT_EQ(lseek(fd, 40 * PAGE + 99, SEEK_HOLE), 40 * PAGE + 99);
	EXPECT_ERR(lseek(fd, 40 * PAGE + 100, SEEK_HOLE), ENXIO);

	/* direct blocks, and those behind the first indirect one */
	CHECK_EQ(pwrite(fd, bytes, PAGE, 2 * PAGE), PAGE);
	CHECK_EQ(pwrite(fd, bytes, 2 * PAGE, 12 * PAGE), 2 * PAGE);
	CHECK_EQ(pwrite(fd, bytes, 100, 40 * PAGE), 100);
	expect_extent(fd, 0, 2 * PAGE, 3 * PAGE);
	expect_extent(fd, 2 * PAGE + 5, 2 * PAGE + 5, 3 * PAGE);
	expect_extent(fd, 3 * PAGE, 12 * PAGE, 14 * PAGE);
	expect_extent(fd, 14 * PAGE, 40 * PAGE, 40 * PAGE + 100);
	EXPECT_EQ(lseek(fd, 3 * PAGE + 7, SEEK_HOLE), 3 * PAGE + 7);
	EXPECT_EQ(lseek(fd, 40 * PAGE + 99, SEEK_DATA), 40 * PAGE + 99);
	EXPECT_ERR(lseek(fd, 40 * PAGE + 100, SEEK_DATA), ENXIO);
	EXPECT_ERR(lseek(fd, -1, SEEK_DATA), ENXIO);
	EXPECT_EQ(lseek(fd, 0, SEEK_CUR), 40 * PAGE + 99);

	/* the same once it is on the disk */
	CHECK_OK(fsync(fd));
	expect_extent(fd, 0, 2 * PAGE, 3 * PAGE);
	expect_extent(fd, 3 * PAGE, 12 * PAGE, 14 * PAGE);

	CHECK_EQ(pwrite(fd, bytes, PAGE, FAR), PAGE);
	EXPECT_EQ(lseek(fd, 40 * PAGE, SEEK_HOLE), 41 * PAGE);
	expect_extent(fd, 41 * PAGE, FAR, FAR + PAGE);
	CHECK_OK(ftruncate(fd, FAR));
	EXPECT_ERR(lseek(fd, 41 * PAGE, SEEK_DATA), ENXIO);
	EXPECT_EQ(lseek(fd, 12 * PAGE, SEEK_HOLE), 14 * PAGE);

	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 13 * PAGE, PAGE) == 0)
		expect_extent(fd, 3 * PAGE, 12 * PAGE, 13 * PAGE);
	else
		EXPECT_EQ(errno == EOPNOTSUPP && !on_vellum(), true);
}

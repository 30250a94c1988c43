// SPDX-License-Identifier: MIT
/*
 * fallocate_unwritten.c: What fallocate gave a file in memory counts as its blocks, but is no data yet:
 * a hole to SEEK_DATA, zeros to read(2), and nothing that mincore calls resident. It becomes data when
 * it is written or touched by a mapping; the rest of the page then is zeros, whatever it was before.
 */
#include "test.h"

static long blocks_of(int fd)
{
	struct stat st;

	CHECK_OK(fstat(fd, &st));
	return st.st_blocks;
}

TEST()
{
	int fd = CHECK_OK(memfd_create("a", 0));
	unsigned char bytes[3 * PAGE], vec[8];
	unsigned char *p;

	/* frames that hold something */
	CHECK_OK(ftruncate(fd, 8 * PAGE));
	memset(bytes, 0x55, sizeof(bytes));
	CHECK_EQ(pwrite(fd, bytes, 3 * PAGE, 0), 3 * PAGE);
	CHECK_OK(ftruncate(fd, 0));

	CHECK_OK(fallocate(fd, 0, 2 * PAGE, 6 * PAGE));
	EXPECT_EQ(blocks_of(fd), 6 * PAGE / 512);
	EXPECT_ERR(lseek(fd, 0, SEEK_DATA), ENXIO);
	EXPECT_EQ(lseek(fd, 4 * PAGE, SEEK_HOLE), 4 * PAGE);
	CHECK_EQ(pread(fd, bytes, sizeof(bytes), 2 * PAGE), sizeof(bytes));
	CHECK_ALL(bytes, 0, sizeof(bytes));
	EXPECT_ERR(lseek(fd, 0, SEEK_DATA), ENXIO);
	p = CHECK_OK(mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	CHECK_OK(mincore(p, 8 * PAGE, vec));
	CHECK_ALL(vec, 0, sizeof(vec));

	/* a part written, one read and one stored by the mapping, a whole one written */
	CHECK_EQ(pwrite(fd, "x", 1, 3 * PAGE + 100), 1);
	EXPECT_EQ(lseek(fd, 0, SEEK_DATA), 3 * PAGE);
	EXPECT_EQ(lseek(fd, 3 * PAGE, SEEK_HOLE), 4 * PAGE);
	CHECK_ALL(p + 3 * PAGE, 0, 100);
	CHECK_ALL(p + 3 * PAGE + 101, 0, PAGE - 101);
	CHECK_ALL(p + 5 * PAGE, 0, PAGE);
	p[6 * PAGE] = 1;
	CHECK_ALL(p + 6 * PAGE + 1, 0, PAGE - 1);
	EXPECT_EQ(lseek(fd, 4 * PAGE, SEEK_DATA), 5 * PAGE);
	EXPECT_EQ(lseek(fd, 5 * PAGE, SEEK_HOLE), 7 * PAGE);
	memset(bytes, 0x66, sizeof(bytes));
	CHECK_EQ(pwrite(fd, bytes, PAGE, 7 * PAGE), PAGE);
	EXPECT_EQ(lseek(fd, 5 * PAGE, SEEK_HOLE), 8 * PAGE);
	CHECK_OK(mincore(p, 8 * PAGE, vec));
	EXPECT_EQ(vec[4] & 1, 0);
	EXPECT_EQ(vec[5] & 1, 1);
	EXPECT_EQ(blocks_of(fd), 6 * PAGE / 512);

	/* once more: what is there stays, what is not is made, what was unwritten becomes zeros */
	CHECK_OK(fallocate(fd, 0, 0, 8 * PAGE));
	EXPECT_EQ(lseek(fd, 0, SEEK_DATA), 2 * PAGE);
	EXPECT_EQ(lseek(fd, 2 * PAGE, SEEK_HOLE), 8 * PAGE);
	EXPECT_EQ(p[6 * PAGE], 1);
	EXPECT_EQ(blocks_of(fd), 8 * PAGE / 512);
	CHECK_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 5 * PAGE));
	EXPECT_EQ(blocks_of(fd), 3 * PAGE / 512);
	EXPECT_EQ(lseek(fd, 0, SEEK_DATA), 5 * PAGE);
}

// SPDX-License-Identifier: MIT
/*
 * sync_file_range.c: sync_file_range writes the pages of a part of a file, and those only: EBADF, then
 * EINVAL for flags, offsets and lengths that are none, then ESPIPE for what has no pages; a directory
 * has nothing to write. readahead brings pages of a file in: EBADF where it is not open for reading,
 * EINVAL for what has no pages.
 */
#include "residence.h"

#define ALL  (SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER)
#define LAST 0x7fffffffffffffff

static long dirty_kb(char *p)
{
	return smaps_kb(p, "Shared_Dirty:") + smaps_kb(p, "Private_Dirty:");
}

static void writes_a_part(int fd)
{
	char *p = CHECK_OK(mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));

	memset(p, 1, 8 * PAGE);
	EXPECT_EQ(dirty_kb(p), 32);
	EXPECT_EQ(sync_file_range(fd, 2 * PAGE, 3 * PAGE, ALL), 0);
	EXPECT_EQ(dirty_kb(p), 20);
	EXPECT_EQ(sync_file_range(fd, 6 * PAGE, 0, ALL), 0); /* to the end */
	EXPECT_EQ(dirty_kb(p), 12);
	CHECK_OK(munmap(p, 8 * PAGE));
}

static void reads_a_part(int fd)
{
	char *p;

	if (!drop_cache(fd, 8))
		return;
	EXPECT_EQ(syscall(SYS_readahead, fd, -PAGE, PAGE), 0);
	EXPECT_EQ(syscall(SYS_readahead, fd, 0, 0), 0);
	p = CHECK_OK(mmap(NULL, 8 * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	EXPECT_EQ(resident(p, 8), 0);
	EXPECT_EQ(syscall(SYS_readahead, fd, 2 * PAGE, 3 * PAGE), 0);
	WAIT_UNTIL(resident(p + 2 * PAGE, 3) == 3);
	CHECK_OK(munmap(p, 8 * PAGE));
}

TEST_IN_DIR()
{
	int fd = make_file("a", 8 * PAGE), dir = CHECK_OK(open(".", O_RDONLY)), pipes[2];
	int writer = CHECK_OK(open("a", O_WRONLY)), path = CHECK_OK(open("a", O_PATH));
	bool has_disk = drop_cache(fd, 8);

	CHECK_OK(pipe(pipes));
	EXPECT_ERR(sync_file_range(999, -1, 0, 8), EBADF);
	EXPECT_ERR(sync_file_range(path, 0, 0, ALL), EBADF);
	EXPECT_ERR(sync_file_range(fd, 0, 0, 8), EINVAL);
	EXPECT_ERR(sync_file_range(fd, -1, PAGE, ALL), EINVAL);
	EXPECT_ERR(sync_file_range(fd, 0, -1, ALL), EINVAL);
	EXPECT_ERR(sync_file_range(fd, PAGE, LAST, ALL), EINVAL);
	EXPECT_ERR(sync_file_range(pipes[0], 0, 0, 8), EINVAL);
	EXPECT_ERR(sync_file_range(pipes[0], 0, 0, ALL), ESPIPE);
	EXPECT_EQ(sync_file_range(dir, 0, 0, ALL), 0);
	EXPECT_EQ(sync_file_range(fd, 0, 0, 0), 0);
	if (has_disk)
		writes_a_part(fd);

	EXPECT_ERR(syscall(SYS_readahead, 999, 0, PAGE), EBADF);
	EXPECT_ERR(syscall(SYS_readahead, writer, 0, PAGE), EBADF);
	EXPECT_ERR(syscall(SYS_readahead, path, 0, PAGE), EBADF);
	EXPECT_ERR(syscall(SYS_readahead, pipes[0], 0, PAGE), EINVAL);
	EXPECT_ERR(syscall(SYS_readahead, dir, 0, PAGE), EINVAL);
	EXPECT_ERR(syscall(SYS_readahead, fd, 0, -1L), EINVAL);
	reads_a_part(fd);
}

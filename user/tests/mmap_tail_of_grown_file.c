// SPDX-License-Identifier: MIT
/*
 * mmap_tail_of_grown_file.c: What a shared mapping stored behind the end of a file, in its last page,
 * when the file grows (by ftruncate, fallocate, or a write behind the end): a disk's file has zeros
 * there, one in memory shows it. What a private mapping stored is no part of either. mmap(2) leaves
 * it open: Linux does so with files in memory, and since some version after 6.1 with those on a disk.
 * Shrinking the file, or setting the size that it has, clears it everywhere.
 */
#include "test.h"

#define RW          (PROT_READ | PROT_WRITE)
#define TMPFS_MAGIC 0x01021994

static int fd;
static char *shared;

/* 100 bytes long, with stores at 50, 200 and 4000. */
static void prepare(void)
{
	CHECK_OK(ftruncate(fd, 0));
	CHECK_OK(ftruncate(fd, 100));
	shared[50] = 1;
	shared[200] = 2;
	shared[4000] = 3;
}

/* What is there now, in the mapping and in the file. */
static void expect_tail(int at_200, int at_4000)
{
	char byte = 0;

	EXPECT_EQ(shared[50], 1);
	EXPECT_EQ(shared[200], at_200);
	EXPECT_EQ(pread(fd, &byte, 1, 200), 1);
	EXPECT_EQ(byte, at_200);
	EXPECT_EQ(shared[4000], at_4000);
	EXPECT_EQ(pread(fd, &byte, 1, 4000), 1);
	EXPECT_EQ(byte, at_4000);
}

static void checks(bool is_memory)
{
	int two = is_memory ? 2 : 0, three = is_memory ? 3 : 0;
	char *private;

	shared = CHECK_OK(mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0));
	prepare();
	CHECK_OK(ftruncate(fd, 5000));
	expect_tail(two, three);
	prepare();
	CHECK_OK(fallocate(fd, 0, 0, 5000));
	expect_tail(two, three);
	prepare();
	CHECK_EQ(pwrite(fd, "x", 1, 5000), 1);
	expect_tail(two, three);
	prepare();
	CHECK_OK(msync(shared, PAGE, MS_SYNC));
	CHECK_OK(ftruncate(fd, PAGE));
	expect_tail(two, three);

	prepare();
	CHECK_OK(ftruncate(fd, 100));
	CHECK_OK(ftruncate(fd, 5000));
	expect_tail(0, 0);
	prepare();
	CHECK_OK(ftruncate(fd, 99));
	CHECK_OK(ftruncate(fd, 5000));
	expect_tail(0, 0);

	CHECK_OK(ftruncate(fd, 0));
	CHECK_OK(ftruncate(fd, 100));
	private = CHECK_OK(mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0));
	private[200] = 2;
	CHECK_OK(ftruncate(fd, 5000));
	shared[50] = 1;
	expect_tail(0, 0);
	EXPECT_EQ(private[200], 2);
	CHECK_OK(munmap(private, PAGE));
	CHECK_OK(munmap(shared, 2 * PAGE));
	CHECK_OK(close(fd));
}

TEST_IN_DIR()
{
	struct statfs fs;

	fd = make_file("a", 0);
	CHECK_OK(fstatfs(fd, &fs));
	checks(fs.f_type == TMPFS_MAGIC);
	fd = CHECK_OK(syscall(SYS_memfd_create, "a", 0));
	checks(true);
}

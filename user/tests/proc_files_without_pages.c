// SPDX-License-Identifier: MIT
/*
 * proc_files_without_pages.c: A file of /proc is made when it is read: fallocate makes no room in it
 * (EOPNOTSUPP), ftruncate does nothing to it, it cannot be mapped (ENODEV), and it has no size.
 */
#include "test.h"

TEST()
{
	int fd = CHECK_OK(open("/proc/self/comm", O_RDWR));
	int keep = FALLOC_FL_KEEP_SIZE, punch = FALLOC_FL_PUNCH_HOLE;
	char before[32], after[32];
	struct stat st;

	read_text("/proc/self/comm", before, sizeof(before));
	EXPECT_ERR(fallocate(fd, 0, 0, 64 * PAGE), EOPNOTSUPP);
	EXPECT_ERR(fallocate(fd, keep, 0, 64 * PAGE), EOPNOTSUPP);
	EXPECT_ERR(fallocate(fd, punch | keep, 0, PAGE), EOPNOTSUPP);
	EXPECT_EQ(ftruncate(fd, 0), 0);
	EXPECT_EQ(ftruncate(fd, 100 * PAGE), 0);
	CHECK_OK(fstat(fd, &st));
	EXPECT_EQ(st.st_size, 0);
	EXPECT_EQ(st.st_blocks, 0);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), ENODEV);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), ENODEV);
	CHECK_OK(close(CHECK_OK(open("/proc/self/comm", O_WRONLY | O_TRUNC))));
	read_text("/proc/self/comm", after, sizeof(after));
	CHECK_STR(after, before);
}

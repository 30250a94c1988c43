// SPDX-License-Identifier: MIT
/*
 * lseek_data_mapped.c: SEEK_DATA finds what a shared mapping stored, at once. What was only read of a
 * file on a disk stays a hole; of one in memory (tmpfs, memfd), read(2) leaves the hole, and a mapping
 * makes a page of it.
 */
#include <linux/magic.h>

#include "test.h"

static void look(int fd, bool is_memory)
{
	volatile char *p;
	char byte;

	CHECK_OK(ftruncate(fd, 20 * PAGE));
	p = CHECK_OK(mmap(NULL, 20 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	CHECK_EQ(pread(fd, &byte, 1, 3 * PAGE), 1);
	EXPECT_ERR(lseek(fd, 0, SEEK_DATA), ENXIO);
	CHECK_EQ(p[5 * PAGE], 0);
	if (is_memory)
		EXPECT_EQ(lseek(fd, 0, SEEK_DATA), 5 * PAGE);
	else
		EXPECT_ERR(lseek(fd, 0, SEEK_DATA), ENXIO);
	p[14 * PAGE + 5] = 1;
	EXPECT_EQ(lseek(fd, 6 * PAGE, SEEK_DATA), 14 * PAGE);
	EXPECT_EQ(lseek(fd, 14 * PAGE, SEEK_HOLE), 15 * PAGE);
	CHECK_OK(munmap((void *)p, 20 * PAGE));
	EXPECT_EQ(lseek(fd, 6 * PAGE, SEEK_DATA), 14 * PAGE);
}

TEST_IN_DIR()
{
	struct statfs fs;

	CHECK_OK(statfs(".", &fs));
	look(CHECK_OK(open("a", O_RDWR | O_CREAT, 0600)), fs.f_type == TMPFS_MAGIC);
	look(CHECK_OK(memfd_create("b", 0)), true);
}

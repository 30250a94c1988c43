// SPDX-License-Identifier: MIT
/*
 * write_partial_source.c: write(2) from memory that ends in the middle of a page of the file writes
 * what there is, and says how much; from memory that is not there it is EFAULT, and the file keeps
 * its size.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("file", 100);
	char *p = map_anon(2, PROT_READ | PROT_WRITE);
	char *own;

	CHECK_OK(munmap(p + PAGE, PAGE));
	memset(p, 'x', PAGE);
	EXPECT_EQ(pwrite(fd, p + PAGE - 300, 1000, 50), 300);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), 350);
	EXPECT_ERR(pwrite(fd, p + PAGE, 1000, 50), EFAULT);
	/* Some of Linux's filesystems make the file longer before they look; tmpfs and ext4 do not. */
	if (!on_vellum())
		return;
	EXPECT_ERR(pwrite(fd, p + PAGE, 1000, 3 * PAGE), EFAULT);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), 350);

	/* The source is a page of the very file, behind its end until the write makes it longer. */
	own = CHECK_OK(mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	EXPECT_ERR(pwrite(fd, own + PAGE, 100, 3 * PAGE), EFAULT);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), 350);
}

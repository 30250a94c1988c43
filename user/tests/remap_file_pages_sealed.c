// SPDX-License-Identifier: MIT
/*
 * remap_file_pages_sealed.c: remap_file_pages is a new mapping of the file: F_SEAL_FUTURE_WRITE
 * forbids it where the old one may write (EPERM), and permits it where it only reads.
 */
#include "seals.h"

static int remap(void *p, size_t size, size_t pgoff)
{
	return syscall(SYS_remap_file_pages, p, size, 0, pgoff, 0);
}

TEST()
{
	int fd = make_memfd(4), rw = PROT_READ | PROT_WRITE;
	char *old = CHECK_OK(mmap(NULL, 2 * PAGE, rw, MAP_SHARED, fd, 0)), *p;

	CHECK_OK(remap(old, PAGE, 3));
	CHECK_EQ((unsigned char)old[0], pattern_byte(3 * PAGE));
	seal(fd, F_SEAL_FUTURE_WRITE);
	EXPECT_ERR(remap(old, PAGE, 2), EPERM);
	p = CHECK_OK(mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	CHECK_OK(remap(p + PAGE, PAGE, 3));
	CHECK_EQ((unsigned char)p[PAGE], pattern_byte(3 * PAGE));
	CHECK_EQ((unsigned char)p[2 * PAGE], pattern_byte(2 * PAGE));
	EXPECT_ERR(mprotect(p + PAGE, PAGE, rw), EACCES);
}

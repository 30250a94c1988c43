// SPDX-License-Identifier: MIT
/*
 * mmap_kernel_writes.c: The kernel storing into user memory faults and copies like the program
 * itself: read(2) into untouched anonymous memory, into the zero page, and into a private file
 * page, which leaves the file alone.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE), other = make_file("b", PAGE);
	char *anon = map_anon(3, PROT_READ | PROT_WRITE);
	unsigned char wanted[PAGE];
	char *p = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));

	fill_pattern(wanted, 0, PAGE);
	CHECK_EQ(anon[PAGE], 0); /* now the zero page */
	CHECK_EQ(pread(other, anon, PAGE, 0), PAGE);
	CHECK_EQ(pread(other, anon + PAGE, 100, 0), 100);
	CHECK_MEM(anon, wanted, PAGE);
	CHECK_MEM(anon + PAGE, wanted, 100);
	CHECK_ALL(anon + PAGE + 100, 0, 2 * PAGE - 100);

	CHECK_EQ(pwrite(other, "other", 5, 0), 5);
	CHECK_EQ(pread(other, p, 5, 0), 5);
	CHECK_MEM(p, "other", 5);
	CHECK_EQ(pread(fd, anon, PAGE, 0), PAGE);
	CHECK_MEM(anon, wanted, PAGE);
}

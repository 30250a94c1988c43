// SPDX-License-Identifier: MIT
/*
 * mmap_private_cow.c: A page of a private mapping that was written is the process's own: later
 * writes to the file do not reach it, while pages that were never written still follow the file.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 2 * PAGE);
	char *p = CHECK_OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));

	p[0] = 'p';
	CHECK_CAN(TOUCH_READ, p + PAGE);
	CHECK_EQ(pwrite(fd, "FF", 2, 0), 2);
	CHECK_EQ(pwrite(fd, "GG", 2, PAGE), 2);
	CHECK_EQ(p[0], 'p');
	CHECK_EQ((unsigned char)p[1], pattern_byte(1));
	CHECK_EQ(p[PAGE], 'G');
	CHECK_EQ(p[PAGE + 1], 'G');
}

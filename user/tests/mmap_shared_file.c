// SPDX-License-Identifier: MIT
/*
 * mmap_shared_file.c: A shared mapping and read(2)/write(2) are one view of the file, both ways at
 * once, without msync.
 */
#include "test.h"

TEST_IN_DIR()
{
	char back[8];
	int fd = make_file("a", 4 * PAGE);
	char *p = CHECK_OK(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	char *q = CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 2 * PAGE));

	memcpy(p + PAGE - 2, "abcd", 4);
	CHECK_EQ(pread(fd, back, 4, PAGE - 2), 4);
	CHECK_MEM(back, "abcd", 4);

	CHECK_EQ(pwrite(fd, "wxyz", 4, 2 * PAGE - 2), 4);
	CHECK_MEM(p + 2 * PAGE - 2, "wxyz", 4);
	CHECK_MEM(q, "yz", 2);

	p[2 * PAGE + 100] = 'm';
	CHECK_EQ(q[100], 'm');
}

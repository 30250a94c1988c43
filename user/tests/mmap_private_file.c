// SPDX-License-Identifier: MIT
/*
 * mmap_private_file.c: A private mapping shows the file; what is written to it is seen neither by
 * read(2) nor by another mapping.
 */
#include "test.h"

TEST_IN_DIR()
{
	unsigned char wanted[3 * PAGE], back[3 * PAGE];
	int fd = make_file("a", sizeof(wanted));
	unsigned char *p, *q;

	fill_pattern(wanted, 0, sizeof(wanted));
	p = CHECK_OK(mmap(NULL, sizeof(wanted), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	q = CHECK_OK(mmap(NULL, sizeof(wanted), PROT_READ, MAP_SHARED, fd, 0));
	CHECK_MEM(p, wanted, sizeof(wanted));
	memset(p + PAGE + 10, 0xee, PAGE);
	CHECK_ALL(p + PAGE + 10, 0xee, PAGE);
	CHECK_MEM(p, wanted, PAGE + 10);
	CHECK_MEM(p + 2 * PAGE + 10, wanted + 2 * PAGE + 10, PAGE - 10);
	CHECK_MEM(q, wanted, sizeof(wanted));
	CHECK_EQ(pread(fd, back, sizeof(back), 0), sizeof(back));
	CHECK_MEM(back, wanted, sizeof(wanted));
}

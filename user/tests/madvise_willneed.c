// SPDX-License-Identifier: MIT
/*
 * madvise_willneed.c: MADV_WILLNEED and the other hints about access change nothing that a program
 * can see.
 */
#include "test.h"

TEST_IN_DIR()
{
	static const int hints[] = { MADV_WILLNEED, MADV_SEQUENTIAL, MADV_RANDOM, MADV_NORMAL };
	unsigned char wanted[8 * PAGE];
	int fd = make_file("a", sizeof(wanted));
	char *p = CHECK_OK(mmap(NULL, sizeof(wanted), PROT_READ, MAP_SHARED, fd, 0));

	fill_pattern(wanted, 0, sizeof(wanted));
	for (size_t i = 0; i < NR_ITEMS(hints); i++) {
		CHECK_OK(madvise(p, sizeof(wanted), hints[i]));
		CHECK_MEM(p, wanted, sizeof(wanted));
	}
	p = map_anon(2, PROT_READ | PROT_WRITE);
	p[0] = 1;
	CHECK_EQ(p[0], 1);
	CHECK_EQ(p[PAGE], 0);
}

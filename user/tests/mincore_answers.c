// SPDX-License-Identifier: MIT
/*
 * mincore_answers.c: mincore writes an answer for each page up to a hole or up to the place where the
 * vector ends, and leaves what is behind alone; a range that is none leaves all of it alone. The last
 * page that a user can have may be asked for.
 */
#include "test.h"

#define TOP 0x7ffffffff000UL

TEST()
{
	char *p = map_anon(6, PROT_READ | PROT_WRITE), *end = map_anon(2, PROT_READ | PROT_WRITE);
	unsigned char vec[6], *edge = (unsigned char *)end + PAGE - 2;
	struct map_line line;

	CHECK_OK(munmap(end + PAGE, PAGE));
	CHECK_OK(munmap(p + 4 * PAGE, PAGE));
	p[PAGE] = p[3 * PAGE] = 1;

	memset(vec, 9, sizeof(vec));
	EXPECT_ERR(mincore(p, 6 * PAGE, vec), ENOMEM);
	for (int i = 0; i < 4; i++)
		EXPECT_EQ(vec[i] & 1, i == 1 || i == 3);
	EXPECT_EQ(vec[4], 9);
	EXPECT_EQ(vec[5], 9);
	memset(vec, 9, sizeof(vec));
	EXPECT_ERR(mincore(p + 4 * PAGE, 2 * PAGE, vec), ENOMEM);
	EXPECT_ERR(mincore(p, -PAGE, vec), ENOMEM);
	EXPECT_ERR(mincore(p, -1UL, vec), ENOMEM);
	EXPECT_ERR(mincore(p + 1, PAGE, vec), EINVAL);
	EXPECT_ERR(mincore((void *)TOP, PAGE, vec), ENOMEM);
	EXPECT_ERR(mincore((void *)(1UL << 63), PAGE, vec), ENOMEM);
	EXPECT_ERR(mincore((void *)(1UL << 63), 0, vec), ENOMEM);
	EXPECT_EQ(mincore((void *)TOP, 0, vec), 0);
	CHECK_ALL(vec, 9, sizeof(vec));

	/* Two bytes of the vector are there: they hold, or it is EFAULT before any is written. */
	EXPECT_ERR(mincore(p, 4 * PAGE, edge), EFAULT);
	EXPECT_EQ(mincore(p, 2 * PAGE, edge), 0);
	EXPECT_EQ(edge[1] & 1, 1);
	CHECK_OK(mprotect(end, PAGE, PROT_READ));
	EXPECT_ERR(mincore(p, PAGE, edge), EFAULT);
	EXPECT_ERR(mincore(p + 4 * PAGE, PAGE, edge), ENOMEM); /* nothing to write */

	/* The page below the top is the stack's, or can be had. */
	if (!map_of((void *)(TOP - PAGE), &line))
		CHECK_OK(mmap((void *)(TOP - PAGE), PAGE, PROT_READ,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
	EXPECT_EQ(mincore((void *)(TOP - PAGE), PAGE, vec), 0);
	EXPECT_ERR(mincore((void *)(TOP - PAGE), PAGE + 1, vec), ENOMEM);
}

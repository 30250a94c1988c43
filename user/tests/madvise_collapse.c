// SPDX-License-Identifier: MIT
/*
 * madvise_collapse.c: MADV_COLLAPSE: EINVAL for memory that cannot become a huge page (too small a
 * mapping, files, MADV_NOHUGEPAGE, nothing written there yet), ENOMEM for a hole behind what can, and
 * where there is no huge page to be had. (Linux mostly has one: then it is 0.) Contents stay.
 */
#include "residence.h"

#define HUGE (2UL << 20)
#define RW   (PROT_READ | PROT_WRITE)

static bool collapses(void *p, size_t len)
{
	errno = 0;
	return madvise(p, len, MADV_COLLAPSE) == 0 || errno == ENOMEM;
}

TEST_IN_DIR()
{
	char *area = map_anon(4 * HUGE / PAGE, PROT_NONE), *small = map_anon(4, RW);
	char *p = (char *)(((uintptr_t)area + HUGE - 1) & -HUGE);
	int fd = make_file("a", PAGE);

	CHECK_OK(mprotect(p, 2 * HUGE, RW));
	if (madvise(small, 0, MADV_COLLAPSE) < 0 && !on_vellum())
		skip("a kernel older than 6.1");
	small[0] = 1;
	EXPECT_ERR(madvise(small, PAGE, MADV_COLLAPSE), EINVAL);
	EXPECT_ERR(madvise(p + 1, PAGE, MADV_COLLAPSE), EINVAL);
	EXPECT_ERR(madvise(p, HUGE, MADV_COLLAPSE), EINVAL);
	CHECK_EQ(p[HUGE], 0); /* the zero page is not enough */
	EXPECT_ERR(madvise(p + HUGE, HUGE, MADV_COLLAPSE), EINVAL);

	p[PAGE] = 1;
	EXPECT_ERR(madvise(p + PAGE, PAGE, MADV_COLLAPSE), EINVAL); /* in it, but not all of it */
	CHECK_OK(madvise(p, PAGE, MADV_COLLAPSE));
	CHECK_OK(madvise(p + PAGE, HUGE - PAGE, MADV_COLLAPSE));
	EXPECT_EQ(collapses(p, HUGE), true);
	EXPECT_EQ(collapses(p, HUGE + PAGE), true);
	EXPECT_EQ(p[PAGE] == 1 && p[0] == 0, true);

	CHECK_OK(munmap(p + HUGE, HUGE));
	EXPECT_ERR(madvise(p, 2 * HUGE, MADV_COLLAPSE), ENOMEM);
	EXPECT_ERR(madvise(p + HUGE, HUGE, MADV_COLLAPSE), ENOMEM);
	if (madvise(p, HUGE, MADV_NOHUGEPAGE) == 0)
		EXPECT_ERR(madvise(p, HUGE, MADV_COLLAPSE), EINVAL);

	CHECK_OK(mmap(p, 2 * HUGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	EXPECT_ERR(madvise(p, HUGE, MADV_COLLAPSE), EINVAL);
	p[PAGE] = 2;
	EXPECT_EQ(collapses(p, HUGE), true);
	EXPECT_EQ(p[PAGE], 2);
	CHECK_OK(mmap(small, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0));
	EXPECT_ERR(madvise(small, PAGE, MADV_COLLAPSE), EINVAL);
}

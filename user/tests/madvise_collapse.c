// SPDX-License-Identifier: MIT
/*
 * madvise_collapse.c: MADV_COLLAPSE: EINVAL for memory that cannot become a huge page (too small a
 * mapping, files, MADV_NOHUGEPAGE, nothing written there yet), ENOMEM for a hole behind what can, and
 * where there is no huge page to be had. (Linux mostly has one: then it is 0.) Contents stay.
 */
#include "residence.h"
#include "thread.h"

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
	int fd = make_file("a", PAGE), memory_fd = CHECK_OK(syscall(SYS_memfd_create, "a", 0));

	CHECK_OK(ftruncate(memory_fd, 4 * HUGE));
	CHECK_OK(mprotect(p, 2 * HUGE, RW));
	if (madvise(small, 0, MADV_COLLAPSE) < 0 && !on_vellum())
		skip("a kernel older than 6.1");
	CHECK_EQ(p[0], 0);
	EXPECT_ERR(madvise(p, PAGE, MADV_COLLAPSE), EINVAL);
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
	/* A file's huge page has to lie at a huge page of memory. */
	CHECK_OK(mmap(p, 2 * HUGE, RW, MAP_PRIVATE | MAP_FIXED, memory_fd, 0));
	CHECK_OK(madvise(p, PAGE, MADV_COLLAPSE));
	CHECK_OK(mmap(p, 2 * HUGE, RW, MAP_PRIVATE | MAP_FIXED, memory_fd, PAGE));
	EXPECT_ERR(madvise(p, PAGE, MADV_COLLAPSE), EINVAL);
	/* Where the size of a huge page is subtracted from the end of a mapping, here it wraps around. */
	if (mmap(NULL, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == NULL) {
		EXPECT_ERR(madvise(NULL, PAGE, MADV_COLLAPSE), EINVAL);
		store_at(PAGE);
		CHECK_OK(madvise(NULL, PAGE, MADV_COLLAPSE));
		EXPECT_ERR(madvise((void *)PAGE, PAGE, MADV_COLLAPSE), EINVAL);
	}
	CHECK_OK(mmap(small, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0));
	EXPECT_ERR(madvise(small, PAGE, MADV_COLLAPSE), EINVAL);
}

// SPDX-License-Identifier: MIT
/*
 * mmap_hugetlb_cuts.c: A mapping of huge pages is cut only between two of them: munmap, mprotect, mremap
 * and what madvise remembers are EINVAL within one; mremap moves and shrinks it, and lets it neither grow
 * nor leave a copy. (MAP_FIXED across it fails with ENOMEM on 6.1, newer kernels say EINVAL.)
 */
#include "hugetlb.h"

/* What is cut at the start stays cut, though the end cannot be. */
static void cuts_at_the_start(void)
{
	char *area = map_anon(3 * HUGE / PAGE, PROT_NONE);
	char *huge = (char *)(((uintptr_t)area + 2 * HUGE - 1) & -HUGE), *before = huge - 4 * PAGE;

	CHECK(mmap(huge, HUGE, RW,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE | MAP_FIXED, -1,
		      0) == huge);
	CHECK_OK(mprotect(before, 4 * PAGE, RW));
	EXPECT_ERR(munmap(before + 3 * PAGE, 2 * PAGE), EINVAL);
	CHECK_MAPS(before, 4 + HUGE / PAGE, "3rw- 1rw- 512rw-");
}

TEST()
{
	int may = MREMAP_MAYMOVE, to = may | MREMAP_FIXED, fixed = MAP_PRIVATE | MAP_ANONYMOUS;
	char *p, *shared, *place;

	need_empty_pool();
	cuts_at_the_start();
	p = map_huge(6 * HUGE, MAP_PRIVATE);
	shared = map_huge(HUGE, MAP_SHARED);
	place = map_huge(2 * HUGE, MAP_PRIVATE);
	EXPECT_ERR(munmap(p, PAGE), EINVAL);
	EXPECT_ERR(munmap(p + PAGE, 6 * HUGE - PAGE), EINVAL);
	EXPECT_ERR(mprotect(p, PAGE, PROT_READ), EINVAL);
	EXPECT_ERR(madvise(p, PAGE, MADV_DONTFORK), EINVAL);
	EXPECT_EQ(mmap(p, PAGE, RW, fixed | MAP_FIXED, -1, 0), MAP_FAILED);
	EXPECT_EQ(errno == ENOMEM || (errno == EINVAL && !on_vellum()), true);
	CHECK_MAPS(p, 6 * HUGE / PAGE, "3072rw-");
	CHECK_OK(mprotect(p + HUGE, HUGE, PROT_READ));
	CHECK_OK(mprotect(p + HUGE, HUGE, RW));
	CHECK_OK(munmap(p + 2 * HUGE, HUGE));
	CHECK_MAPS(p, 6 * HUGE / PAGE, "512rw- 512rw- 1536rw-"); /* they are never merged */

	EXPECT_ERR(mremap(p, HUGE, 2 * HUGE, may), EINVAL);
	EXPECT_ERR(mremap(shared, 0, HUGE, may), EINVAL);
	EXPECT_ERR(mremap(p, HUGE, HUGE, may | MREMAP_DONTUNMAP, NULL), EINVAL);
	EXPECT_ERR(mremap(p + PAGE, HUGE, HUGE, may), EINVAL);
	EXPECT_ERR(mremap(p, HUGE, HUGE, to, place + PAGE), EINVAL);
	CHECK(mremap(p, PAGE, PAGE, 0) == p); /* both are one huge page */
	CHECK(mremap(p + 3 * HUGE, 3 * HUGE, PAGE, 0) == p + 3 * HUGE);
	CHECK_MAPS(p, 6 * HUGE / PAGE, "512rw- 512rw- 512rw-");
	CHECK(mremap(p, HUGE, HUGE, to, place) == place);
	CHECK_MAPS(p, HUGE / PAGE, "");
	CHECK_FAULT(TOUCH_READ, place, SIGBUS, BUS_ADRERR);
}

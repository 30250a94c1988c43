// SPDX-License-Identifier: MIT
/*
 * madvise_hugetlb.c: Advice about huge pages: COLD, PAGEOUT, FREE, WIPEONFORK and COLLAPSE are EINVAL;
 * DONTNEED is fine from the start of one on; REMOVE for shared ones; MERGEABLE is accepted and forgotten.
 * mlock finds no pages (ENOMEM), locks nothing.
 */
#include "hugetlb.h"

TEST()
{
	static const int refused[] = { MADV_COLD, MADV_PAGEOUT, MADV_FREE, MADV_WIPEONFORK,
		MADV_COLLAPSE };
	static const int fine[] = { MADV_DONTNEED, MADV_DONTNEED_LOCKED, MADV_WILLNEED,
		MADV_DONTFORK, MADV_DOFORK, MADV_DONTDUMP, MADV_DODUMP, MADV_RANDOM };
	char *p, *shared;

	need_empty_pool();
	p = map_huge(2 * HUGE, MAP_PRIVATE);
	shared = map_huge(HUGE, MAP_SHARED);
	for (size_t i = 0; i < NR_ITEMS(refused); i++)
		EXPECT_ERR(madvise(p, HUGE, refused[i]), EINVAL);
	for (size_t i = 0; i < NR_ITEMS(fine); i++)
		EXPECT_EQ(madvise(p, 2 * HUGE, fine[i]), 0);
	EXPECT_EQ(madvise(p, PAGE, MADV_DONTNEED), 0);
	EXPECT_ERR(madvise(p + PAGE, PAGE, MADV_DONTNEED), EINVAL);
	EXPECT_ERR(madvise(p, HUGE, MADV_REMOVE), EACCES);
	EXPECT_EQ(madvise(shared, HUGE, MADV_REMOVE), 0);
	if (madvise(p, HUGE, MADV_MERGEABLE) < 0)
		EXPECT_EQ(errno == EINVAL && !on_vellum(), true); /* not built in */
	EXPECT_EQ(smaps_flag(p, "mg"), false);
	EXPECT_ERR(mlock(p, HUGE), ENOMEM);
	EXPECT_EQ(munlock(p, PAGE), 0);
	EXPECT_EQ(smaps_flag(p, "lo"), false);
	if (mlockall(MCL_CURRENT) < 0)
		EXPECT_EQ(errno == ENOMEM && geteuid() != 0, true); /* more than RLIMIT_MEMLOCK */
	EXPECT_EQ(smaps_flag(p, "lo"), false);
	EXPECT_EQ(msync(shared, HUGE, MS_SYNC), 0);
}

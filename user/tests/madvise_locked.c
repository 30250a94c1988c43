// SPDX-License-Identifier: MIT
/*
 * madvise_locked.c: Advice about a range with locked pages in it: what would take them away is EINVAL, and
 * the pages before them are gone then; what only remembers or reads is fine; MADV_DONTNEED_LOCKED takes
 * them, and they are locked still.
 */
#include "residence.h"

TEST()
{
	static const int refused[] = { MADV_DONTNEED, MADV_FREE, MADV_COLD, MADV_PAGEOUT };
	static const int fine[] = { MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_NORMAL,
		MADV_WILLNEED, MADV_DONTFORK, MADV_DOFORK, MADV_DONTDUMP, MADV_DODUMP,
		MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_POPULATE_READ, MADV_POPULATE_WRITE };
	char *p = map_anon(8, PROT_READ | PROT_WRITE) + PAGE, *shared = map_shared(4);

	CHECK_OK(mprotect(p - PAGE, PAGE, PROT_NONE));
	CHECK_OK(mprotect(p + 6 * PAGE, PAGE, PROT_NONE));
	CHECK_OK(mlock(p + 2 * PAGE, 2 * PAGE));
	memset(p, 1, 6 * PAGE);
	for (size_t i = 0; i < NR_ITEMS(refused); i++) {
		EXPECT_ERR(madvise(p, 6 * PAGE, refused[i]), EINVAL);
		EXPECT_ERR(madvise(p + 3 * PAGE, PAGE, refused[i]), EINVAL);
	}
	CHECK_ALL(p, 0, 2 * PAGE); /* by MADV_DONTNEED */
	CHECK_ALL(p + 2 * PAGE, 1, 4 * PAGE);
	for (size_t i = 0; i < NR_ITEMS(fine); i++)
		EXPECT_EQ(madvise(p, 6 * PAGE, fine[i]), 0);
	CHECK_ALL(p + 2 * PAGE, 1, 4 * PAGE);
	CHECK_OK(madvise(p, 6 * PAGE, MADV_DONTNEED_LOCKED));
	CHECK_ALL(p, 0, 6 * PAGE);
	CHECK_EQ(smaps_flag(p + 2 * PAGE, "lo"), true);

	CHECK_OK(mlock(shared, PAGE));
	EXPECT_ERR(madvise(shared, 4 * PAGE, MADV_REMOVE), EINVAL);
	EXPECT_EQ(madvise(shared + PAGE, 3 * PAGE, MADV_REMOVE), 0);
}

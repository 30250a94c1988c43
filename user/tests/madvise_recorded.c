// SPDX-License-Identifier: MIT
/*
 * madvise_recorded.c: HUGEPAGE and NOHUGEPAGE, MERGEABLE, RANDOM and SEQUENTIAL, DONTFORK, WIPEONFORK
 * and DONTDUMP are remembered for just the range (the mapping splits), shown in VmFlags of smaps, and
 * when they are taken back the parts are one mapping again.
 */
#include "residence.h"

static const struct {
	int set;
	const char *flag;
	int clear;
} advices[] = {
	{ MADV_RANDOM, "rr", MADV_NORMAL },
	{ MADV_SEQUENTIAL, "sr", MADV_NORMAL },
	{ MADV_DONTFORK, "dc", MADV_DOFORK },
	{ MADV_WIPEONFORK, "wf", MADV_KEEPONFORK },
	{ MADV_DONTDUMP, "dd", MADV_DODUMP },
	{ MADV_MERGEABLE, "mg", MADV_UNMERGEABLE },
};

TEST()
{
	char *p = map_anon(5, PROT_READ | PROT_WRITE) + PAGE;

	CHECK_OK(mprotect(p - PAGE, PAGE, PROT_NONE));
	CHECK_OK(mprotect(p + 3 * PAGE, PAGE, PROT_NONE));
	for (size_t i = 0; i < NR_ITEMS(advices); i++) {
		if (madvise(p + PAGE, PAGE, advices[i].set) < 0) {
			CHECK(errno == EINVAL && !on_vellum()); /* not built in */
			continue;
		}
		CHECK_MAPS(p, 3, "1rw- 1rw- 1rw-");
		EXPECT_EQ(smaps_flag(p + PAGE, advices[i].flag), true);
		EXPECT_EQ(smaps_flag(p, advices[i].flag), false);
		EXPECT_EQ(smaps_flag(p + 2 * PAGE, advices[i].flag), false);
		CHECK_OK(madvise(p + PAGE, PAGE, advices[i].clear));
		CHECK_MAPS(p, 3, "3rw-");
		EXPECT_EQ(smaps_flag(p, advices[i].flag), false);
	}
	if (madvise(p + PAGE, PAGE, MADV_HUGEPAGE) < 0) {
		CHECK(errno == EINVAL && !on_vellum());
		return;
	}
	EXPECT_EQ(smaps_flag(p + PAGE, "hg"), true);
	CHECK_OK(madvise(p + PAGE, PAGE, MADV_NOHUGEPAGE));
	EXPECT_EQ(smaps_flag(p + PAGE, "hg"), false);
	EXPECT_EQ(smaps_flag(p + PAGE, "nh"), true);
	CHECK_MAPS(p, 3, "1rw- 1rw- 1rw-");
	/* There is no way back to neither; but the neighbours may follow. */
	CHECK_OK(madvise(p, 3 * PAGE, MADV_NOHUGEPAGE));
	CHECK_MAPS(p, 3, "3rw-");
	EXPECT_ERR(madvise(p, 3 * PAGE, MADV_COLLAPSE), EINVAL);
}

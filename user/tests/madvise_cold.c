// SPDX-License-Identifier: MIT
/*
 * madvise_cold.c: MADV_COLD makes pages count as unused (smaps: Referenced) and changes nothing
 * else; the next access makes them used again.
 */
#include "residence.h"

TEST()
{
	char *p = map_anon(6, PROT_READ | PROT_WRITE) + PAGE;

	CHECK_OK(mprotect(p - PAGE, PAGE, PROT_NONE));
	CHECK_OK(mprotect(p + 4 * PAGE, PAGE, PROT_NONE));
	memset(p, 3, 4 * PAGE);
	CHECK_EQ(smaps_kb(p, "Referenced:"), 16);
	CHECK_OK(madvise(p, 4 * PAGE, MADV_COLD));
	CHECK_EQ(smaps_kb(p, "Referenced:"), 0);
	CHECK_EQ(smaps_kb(p, "Rss:"), 16);
	CHECK_EQ(p[PAGE], 3);
	CHECK_EQ(smaps_kb(p, "Referenced:"), 4);
	CHECK_ALL(p, 3, 4 * PAGE);
}

// SPDX-License-Identifier: MIT
/*
 * madvise_dontneed_anonymous.c: MADV_DONTNEED empties private anonymous memory: it reads as zeros
 * again; the pages around keep theirs.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(4, PROT_READ | PROT_WRITE);

	memset(p, 8, 4 * PAGE);
	CHECK_OK(madvise(p + PAGE, 2 * PAGE, MADV_DONTNEED));
	CHECK_ALL(p, 8, PAGE);
	CHECK_ALL(p + PAGE, 0, 2 * PAGE);
	CHECK_ALL(p + 3 * PAGE, 8, PAGE);
	p[PAGE] = 9;
	CHECK_EQ(p[PAGE], 9);
	CHECK_MAPS(p, 4, "4rw-");
}

// SPDX-License-Identifier: MIT
/*
 * mprotect_split_merge.c: mprotect splits a mapping where the protection changes and merges it
 * again when it is the same, as /proc/self/maps shows.
 */
#include "test.h"

TEST()
{
	int rw = PROT_READ | PROT_WRITE;
	char *p = map_anon(12, PROT_NONE) + PAGE;

	CHECK_OK(mprotect(p, 10 * PAGE, rw));
	CHECK_MAPS(p, 10, "10rw-");
	memset(p, 6, 10 * PAGE);
	CHECK_OK(mprotect(p + 4 * PAGE, 2 * PAGE, PROT_READ));
	CHECK_MAPS(p, 10, "4rw- 2r-- 4rw-");
	CHECK_OK(mprotect(p + 5 * PAGE, 3 * PAGE, PROT_NONE));
	CHECK_MAPS(p, 10, "4rw- 1r-- 3--- 2rw-");
	CHECK_OK(mprotect(p + 2 * PAGE, 2 * PAGE, PROT_READ));
	CHECK_MAPS(p, 10, "2rw- 3r-- 3--- 2rw-");
	CHECK_OK(mprotect(p + 2 * PAGE, 6 * PAGE, rw));
	CHECK_MAPS(p, 10, "10rw-");
	CHECK_ALL(p, 6, 10 * PAGE);
	CHECK_OK(mprotect(p, 10 * PAGE, rw));
	CHECK_MAPS(p, 10, "10rw-");
	CHECK_OK(mprotect(p, PAGE, PROT_READ | PROT_EXEC));
	CHECK_OK(mprotect(p + 9 * PAGE, PAGE, PROT_READ | PROT_EXEC));
	CHECK_MAPS(p, 10, "1r-x 8rw- 1r-x");
}

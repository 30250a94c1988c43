// SPDX-License-Identifier: MIT
/*
 * mprotect_none_keeps_contents.c: Memory made inaccessible keeps its contents; untouched pages
 * among it are still zeros afterwards.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(4, PROT_READ | PROT_WRITE);

	p[0] = 1;
	p[2 * PAGE] = 3;
	CHECK_OK(mprotect(p, 4 * PAGE, PROT_NONE));
	CHECK_OK(mprotect(p, 4 * PAGE, PROT_READ | PROT_WRITE));
	CHECK_EQ(p[0], 1);
	CHECK_ALL(p + PAGE, 0, PAGE);
	CHECK_EQ(p[2 * PAGE], 3);
	CHECK_ALL(p + 3 * PAGE, 0, PAGE);
}

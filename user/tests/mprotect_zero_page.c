// SPDX-License-Identifier: MIT
/*
 * mprotect_zero_page.c: Read-only memory that was read (and so shows the shared zero page) gets a
 * page of its own when it becomes writable and is written.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(2, PROT_READ), *q = map_anon(2, PROT_READ);

	CHECK_ALL(p, 0, 2 * PAGE);
	CHECK_ALL(q, 0, 2 * PAGE);
	CHECK_OK(mprotect(p, 2 * PAGE, PROT_READ | PROT_WRITE));
	p[0] = p[PAGE] = 5;
	CHECK_EQ(p[0] + p[PAGE], 10);
	CHECK_ALL(q, 0, 2 * PAGE);
}

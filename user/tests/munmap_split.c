// SPDX-License-Identifier: MIT
/*
 * munmap_split.c: Unmapping the middle of a mapping leaves its two ends with their contents.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(9, PROT_READ | PROT_WRITE);

	memset(p, 3, 9 * PAGE);
	CHECK_OK(munmap(p + 3 * PAGE, 3 * PAGE));
	CHECK_MAPS(p, 9, "3rw- 3rw-");
	CHECK_ALL(p, 3, 3 * PAGE);
	CHECK_ALL(p + 6 * PAGE, 3, 3 * PAGE);
	for (int i = 3; i < 6; i++)
		CHECK_FAULT(TOUCH_READ, p + i * PAGE, SIGSEGV, SEGV_MAPERR);
}

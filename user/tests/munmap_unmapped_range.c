// SPDX-License-Identifier: MIT
/*
 * munmap_unmapped_range.c: Unmapping a range where nothing is mapped, or only parts are, succeeds.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(8, PROT_READ | PROT_WRITE);

	CHECK_OK(munmap(p + 2 * PAGE, 4 * PAGE));
	CHECK_OK(munmap(p + 2 * PAGE, 4 * PAGE));
	CHECK_OK(munmap(p + 3 * PAGE, PAGE));
	CHECK_CAN(TOUCH_WRITE, p + PAGE);
	CHECK_OK(munmap(p + PAGE, 6 * PAGE));
	CHECK_MAPS(p, 8, "1rw- 1rw-");
}

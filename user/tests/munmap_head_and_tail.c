// SPDX-License-Identifier: MIT
/*
 * munmap_head_and_tail.c: Unmapping the first or the last pages of a mapping shrinks it from that
 * side.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(6, PROT_READ | PROT_WRITE);

	memset(p, 4, 6 * PAGE);
	CHECK_OK(munmap(p, PAGE));
	CHECK_OK(munmap(p + 4 * PAGE, 2 * PAGE));
	CHECK_MAPS(p, 6, "3rw-");
	CHECK_ALL(p + PAGE, 4, 3 * PAGE);
	CHECK_FAULT(TOUCH_WRITE, p, SIGSEGV, SEGV_MAPERR);
	CHECK_FAULT(TOUCH_WRITE, p + 4 * PAGE, SIGSEGV, SEGV_MAPERR);
	CHECK_OK(munmap(p + PAGE, 3 * PAGE));
	CHECK_MAPS(p, 6, "");
}

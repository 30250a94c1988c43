// SPDX-License-Identifier: MIT
/*
 * stack_guard_gap.c: The stack does not grow right up to another mapping: a gap stays between them,
 * and SIGSEGV tells.
 */
#include "test.h"

TEST()
{
	char here, *wall;
	struct map_line line;

	CHECK(map_of(&here, &line));
	wall = (char *)line.start - 512 * PAGE;
	CHECK(mmap(wall, PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == wall);
	CHECK_CAN(TOUCH_WRITE, (char *)line.start - 4 * PAGE);
	CHECK_FAULT(TOUCH_WRITE, wall + PAGE, SIGSEGV, SEGV_MAPERR);
	CHECK_FAULT(TOUCH_WRITE, wall + 3 * PAGE, SIGSEGV, SEGV_MAPERR);
	CHECK_CAN(TOUCH_WRITE, wall);
}

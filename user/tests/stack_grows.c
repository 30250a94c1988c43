// SPDX-License-Identifier: MIT
/*
 * stack_grows.c: The stack grows on touch, down to nearly its rlimit, in one jump as well as page
 * by page, and is called [stack].
 */
#include "test.h"

TEST()
{
	char here, *low;
	struct map_line line;
	struct rlimit limit = { 2 << 20, 2 << 20 };

	CHECK_OK(setrlimit(RLIMIT_STACK, &limit));
	CHECK(map_of(&here, &line));
	CHECK_STR(line.path, "[stack]");
	low = (char *)(line.end - (2 << 20) + 64 * PAGE);
	CHECK((char *)line.start > low);
	CHECK_CAN(TOUCH_WRITE, low + 200 * PAGE);
	CHECK_EQ(*(volatile char *)(low + 190 * PAGE), 0);
	for (char *p = low + 180 * PAGE; p >= low; p -= PAGE)
		CHECK_CAN(TOUCH_WRITE, p);
	CHECK(map_of(&here, &line));
	CHECK(line.start <= (uintptr_t)low);
}

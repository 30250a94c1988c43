// SPDX-License-Identifier: MIT
/*
 * brk_over_mapping.c: brk does not grow over another mapping: the break stays where it was.
 */
#include "test.h"

TEST()
{
	char *start = (char *)syscall(SYS_brk, 0), *wall, *got;
	char *first = (char *)(((uintptr_t)start + PAGE - 1) & -PAGE);

	wall = mmap(first + 8 * PAGE, PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	CHECK(wall == first + 8 * PAGE);
	wall[0] = 'w';
	got = (char *)syscall(SYS_brk, first + 10 * PAGE);
	CHECK(got == start);
	CHECK_EQ(wall[0], 'w');
	got = (char *)syscall(SYS_brk, first + 4 * PAGE);
	CHECK(got == first + 4 * PAGE);
	CHECK_CAN(TOUCH_WRITE, first + 4 * PAGE - 1);
}

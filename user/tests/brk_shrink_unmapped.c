// SPDX-License-Identifier: MIT
/* brk_shrink_unmapped.c: brk(2) stays where it is if nothing is mapped of what it would give back. */
#include <sys/syscall.h>

#include "test.h"

TEST()
{
	char *start = (char *)syscall(SYS_brk, 0);
	char *base = (char *)(((uintptr_t)start + PAGE - 1) & -PAGE), *end = base + 4 * PAGE;

	CHECK_EQ((char *)syscall(SYS_brk, end) == end, true);
	CHECK_OK(munmap(base + 2 * PAGE, 2 * PAGE));
	EXPECT_EQ((char *)syscall(SYS_brk, base + 3 * PAGE) == end, true);
	EXPECT_EQ((char *)syscall(SYS_brk, base + PAGE) == base + PAGE, true);
}

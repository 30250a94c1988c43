// SPDX-License-Identifier: MIT
/*
 * brk_mixed_with_mmap.c: A fixed mapping inside of the heap (musl's malloc does that) splits it;
 * brk still moves, and the heap is called [heap] in /proc/self/maps.
 */
#include "test.h"

TEST()
{
	char *start = (char *)syscall(SYS_brk, 0);
	char *first = (char *)(((uintptr_t)start + PAGE - 1) & -PAGE);
	struct map_line line;

	CHECK_EQ(syscall(SYS_brk, first + 8 * PAGE), (long)(first + 8 * PAGE));
	CHECK(map_of(first, &line));
	CHECK_STR(line.path, "[heap]");
	CHECK_STR(line.perms, "rw-p");
	memset(first, 1, 8 * PAGE);
	CHECK_OK(mmap(
		first + 2 * PAGE, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	CHECK_FAULT(TOUCH_READ, first + 2 * PAGE, SIGSEGV, SEGV_ACCERR);
	CHECK_EQ(first[2 * PAGE - 1], 1);
	CHECK_EQ(first[3 * PAGE], 1);
	CHECK_EQ(syscall(SYS_brk, first + 10 * PAGE), (long)(first + 10 * PAGE));
	CHECK_ALL(first + 8 * PAGE, 0, 2 * PAGE);
}

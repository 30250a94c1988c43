// SPDX-License-Identifier: MIT
/*
 * brk_grow_shrink.c: brk grows the heap with zeroed memory, shrinks it (the memory is gone), and
 * what grows again is zeros; brk(0) and impossible requests give the present break.
 */
#include "test.h"

static char *brk_to(char *end)
{
	return (char *)syscall(SYS_brk, end);
}

TEST()
{
	char *start = brk_to(NULL);
	char *first = (char *)(((uintptr_t)start + PAGE - 1) & -PAGE);

	CHECK(start != NULL);
	CHECK(brk_to(first + 10 * PAGE) == first + 10 * PAGE);
	CHECK(brk_to(NULL) == first + 10 * PAGE);
	CHECK_ALL(first, 0, 10 * PAGE);
	memset(first, 5, 10 * PAGE);

	CHECK(brk_to(first + 3 * PAGE) == first + 3 * PAGE);
	CHECK_FAULT(TOUCH_READ, first + 3 * PAGE, SIGSEGV, SEGV_MAPERR);
	CHECK_ALL(first, 5, 3 * PAGE);
	CHECK(brk_to(first + 6 * PAGE) == first + 6 * PAGE);
	CHECK_ALL(first + 3 * PAGE, 0, 3 * PAGE);

	/* Inside of a page: the whole page is there. */
	CHECK(brk_to(first + 6 * PAGE + 1) == first + 6 * PAGE + 1);
	CHECK_CAN(TOUCH_WRITE, first + 7 * PAGE - 1);

	CHECK(brk_to((char *)1) == first + 6 * PAGE + 1);
	CHECK(brk_to((char *)0xffff800000000000) == first + 6 * PAGE + 1);
	CHECK(brk_to(start) == start);
}

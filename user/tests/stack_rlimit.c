// SPDX-License-Identifier: MIT
/*
 * stack_rlimit.c: Beyond RLIMIT_STACK the stack does not grow: SIGSEGV (on an alternate stack), and
 * death without one.
 */
#include "test.h"

static __attribute__((noinline)) int use_stack(int depth)
{
	volatile char block[PAGE];

	block[depth % PAGE] = depth;
	return depth > 1 << 20 ? depth : use_stack(depth + 1) + block[0];
}

TEST()
{
	char here;
	struct map_line line;
	struct rlimit limit = { 1 << 20, 1 << 20 };

	CHECK_OK(setrlimit(RLIMIT_STACK, &limit));
	CHECK(map_of(&here, &line));
	CHECK_FAULT(TOUCH_WRITE, line.end - (1 << 20) - 4 * PAGE, SIGSEGV, SEGV_MAPERR);
	CHECK_KILLS(SIGSEGV, _exit(use_stack(1) == 5));
}

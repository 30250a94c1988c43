// SPDX-License-Identifier: MIT
/*
 * mmap_growsdown.c: MAP_GROWSDOWN: a touch below the mapping makes it grow down to there, within
 * RLIMIT_STACK and not into the 256 pages above the mapping below (unless that permits no access).
 * Hints leave those pages free; MAP_FIXED need not. It is for private anonymous memory.
 */
#include "test.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define GAP  256

TEST_IN_DIR()
{
	struct rlimit limit = { 8 << 20, 8 << 20 };
	char *place = map_anon(4096, PROT_NONE), *stack = place + 4000 * PAGE, *p;
	int fd = make_file("a", PAGE);

	CHECK_OK(munmap(place, 4096 * PAGE));
	CHECK_OK(setrlimit(RLIMIT_STACK, &limit));
	CHECK(mmap(stack, PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0) == stack);
	CHECK_CAN(TOUCH_WRITE, stack - PAGE);
	CHECK_CAN(TOUCH_READ, stack - 5 * PAGE + 7);
	CHECK_MAPS(stack - 8 * PAGE, 9, "6rw-");
	CHECK_FAULT(TOUCH_WRITE, stack + PAGE, SIGSEGV, SEGV_MAPERR);
	CHECK_FAULT(TOUCH_WRITE, stack - 2048 * PAGE, SIGSEGV, SEGV_MAPERR); /* the limit */
	CHECK_CAN(TOUCH_WRITE, stack - 2047 * PAGE);
	CHECK_OK(munmap(place, 4096 * PAGE));

	CHECK(mmap(stack, PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0) == stack);
	/* A hint in the gap is not taken, below it is, and above too. */
	p = stack - GAP * PAGE;
	CHECK(CHECK_OK(mmap(p, PAGE, RW, ANON, -1, 0)) != p);
	CHECK(CHECK_OK(mmap(p - PAGE, PAGE, RW, ANON, -1, 0)) == p - PAGE);
	CHECK(CHECK_OK(mmap(stack + PAGE, PAGE, PROT_READ, ANON, -1, 0)) == stack + PAGE);
	CHECK_FAULT(TOUCH_WRITE, stack - PAGE, SIGSEGV, SEGV_MAPERR);
	/* What permits nothing is a guard by itself. */
	CHECK_OK(mprotect(p - PAGE, PAGE, PROT_NONE));
	CHECK_CAN(TOUCH_WRITE, stack - PAGE);
	p = stack - 4 * PAGE;
	CHECK(mmap(p, PAGE, RW, ANON | MAP_FIXED, -1, 0) == p);
	CHECK_FAULT(TOUCH_WRITE, stack - 2 * PAGE, SIGSEGV, SEGV_MAPERR);

	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0), EINVAL);
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_GROWSDOWN, fd, 0), EINVAL);
}

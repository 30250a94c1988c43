// SPDX-License-Identifier: MIT
/*
 * mremap_stack.c: Memory that grows down still does so where mremap has put it, as far as its pages
 * have numbers below; with MREMAP_DONTUNMAP in both places. It grows upwards in place, a part that is
 * cut off its lower end grows no less, and a second mapping (old size 0) is for shared memory: EINVAL.
 */
#include "test.h"

#define RW    (PROT_READ | PROT_WRITE)
#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

static char *place, *stack, *other;

static void fresh(void)
{
	CHECK_OK(munmap(place, 4096 * PAGE));
	CHECK(mmap(stack, 8 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1,
		      0) == stack);
	memset(stack, 1, 8 * PAGE);
}

static void expect_grows(char *p)
{
	EXPECT_CAN(TOUCH_WRITE, p - 3 * PAGE);
	EXPECT_FAULT(TOUCH_WRITE, p - 1100 * PAGE, SIGSEGV, SEGV_MAPERR); /* the limit */
}

TEST()
{
	struct rlimit limit = { 4 << 20, RLIM_INFINITY };

	CHECK_OK(setrlimit(RLIMIT_STACK, &limit));
	place = map_anon(4096, PROT_NONE);
	stack = place + 1500 * PAGE;
	other = place + 3500 * PAGE;

	fresh();
	CHECK(mremap(stack, 8 * PAGE, 8 * PAGE, FIXED, other) == other);
	CHECK_ALL(other, 1, 8 * PAGE);
	expect_grows(other);
	CHECK_MAPS(other - 10 * PAGE, 18, "11rw-");
	CHECK_FAULT(TOUCH_READ, stack, SIGSEGV, SEGV_MAPERR);

	fresh(); /* the lower part goes, the upper one stays */
	CHECK(mremap(stack, 3 * PAGE, 5 * PAGE, FIXED, other) == other);
	CHECK_ALL(other, 1, 3 * PAGE);
	CHECK_ALL(other + 3 * PAGE, 0, 2 * PAGE);
	expect_grows(other);
	expect_grows(stack + 3 * PAGE);
	CHECK_MAPS(stack - 10 * PAGE, 18, "8rw-");

	fresh();
	CHECK(mremap(stack, 8 * PAGE, 8 * PAGE, FIXED | MREMAP_DONTUNMAP, other) == other);
	CHECK_ALL(other, 1, 8 * PAGE);
	CHECK_ALL(stack, 0, 8 * PAGE);
	expect_grows(other);
	expect_grows(stack);

	fresh();
	CHECK(mremap(stack, 8 * PAGE, 12 * PAGE, 0) == stack);
	CHECK(mremap(stack, 12 * PAGE, 2 * PAGE, 0) == stack);
	expect_grows(stack);
	CHECK_MAPS(stack - 10 * PAGE, 18, "5rw-");

	fresh(); /* not yet grown: what is below is no mapping */
	CHECK_ERR(mremap(stack - PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
	CHECK_ERR(mremap(stack, 0, PAGE, MREMAP_MAYMOVE), EINVAL);
	/* A large one must not be pulled over the range that it leaves. */
	CHECK_ERR(mremap(stack, 8 * PAGE, 8 * PAGE, FIXED, stack - PAGE), EINVAL);
	CHECK_ALL(stack, 1, 8 * PAGE);
	CHECK_OK(munmap(place, 4096 * PAGE));
}

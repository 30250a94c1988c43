// SPDX-License-Identifier: MIT
/*
 * mmap_growsdown_neighbours.c: The guard gap of memory that grows down against what is placed or grows
 * next to it: the kernel's own choice and hints leave 256 pages, mremap in place and MAP_FIXED need
 * not; two that grow down may meet; what system calls touch makes it grow, across a gap they get
 * EFAULT, and after a split only the lowest part grows.
 */
#include "test.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define GAP  256

static char *place, *stack;

static void at(char *p, size_t nr_pages, int flags)
{
	CHECK(mmap(p, nr_pages * PAGE, RW, ANON | MAP_FIXED | flags, -1, 0) == p);
}

static void clear(void)
{
	CHECK_OK(munmap(place, 4096 * PAGE));
}

static void fresh(void)
{
	clear();
	at(stack, 1, MAP_GROWSDOWN);
}

static void system_calls(void)
{
	int zero = CHECK_OK(open("/dev/zero", O_RDONLY));

	fresh();
	at(stack - 400 * PAGE, 1, 0);
	CHECK_EQ(read(zero, stack - 10 * PAGE, 5), 5);
	CHECK_MAPS(stack - 20 * PAGE, 21, "11rw-");
	/* Into the gap it does not grow; from below one comes as far as the wall. */
	CHECK_ERR(read(zero, stack - 300 * PAGE, 5), EFAULT);
	CHECK_EQ(read(zero, stack - 400 * PAGE, 3 * PAGE), PAGE);
	CHECK_EQ(read(zero, stack - (400 - 1 - GAP) * PAGE, PAGE), PAGE);
	CHECK_ERR(read(zero, stack - (400 - GAP) * PAGE, PAGE), EFAULT);
	close(zero);
}

static void two_that_grow(void)
{
	fresh();
	at(stack - 4 * PAGE, 1, MAP_GROWSDOWN);
	CHECK_CAN(TOUCH_WRITE, stack - PAGE);
	CHECK_CAN(TOUCH_WRITE, stack - 3 * PAGE);
	CHECK_CAN(TOUCH_WRITE, stack - 6 * PAGE);
}

static void moves_and_grows(void)
{
	char *below = stack - 20 * PAGE;

	fresh();
	at(below, 1, 0);
	/* In place it may grow into the gap, right up to the other. */
	CHECK(mremap(below, PAGE, 20 * PAGE, 0) == below);
	CHECK_ERR(mremap(below, 20 * PAGE, 21 * PAGE, 0), ENOMEM);
	/* Upwards it grows as any mapping does. */
	fresh();
	CHECK(mremap(stack, PAGE, 3 * PAGE, 0) == stack);
}

static void parts(void)
{
	fresh();
	CHECK_CAN(TOUCH_WRITE, stack - 9 * PAGE);
	CHECK_OK(munmap(stack - 5 * PAGE, 2 * PAGE));
	/* Both parts grow down. The lower one stands below without a gap, for it grows too. */
	CHECK_CAN(TOUCH_WRITE, stack - 4 * PAGE);
	CHECK_CAN(TOUCH_WRITE, stack - 5 * PAGE);
	CHECK_CAN(TOUCH_WRITE, stack - 12 * PAGE);
	CHECK_OK(mprotect(stack - 8 * PAGE, PAGE, PROT_READ));
	CHECK_FAULT(TOUCH_WRITE, stack - 8 * PAGE, SIGSEGV, SEGV_ACCERR);
	/* It grows with the protection of its lowest part. */
	CHECK_OK(mprotect(stack - 12 * PAGE, 4 * PAGE, PROT_READ));
	CHECK_CAN(TOUCH_READ, stack - 13 * PAGE);
	CHECK_FAULT(TOUCH_WRITE, stack - 14 * PAGE, SIGSEGV, SEGV_ACCERR);
	CHECK_CAN(TOUCH_READ, stack - 14 * PAGE);
}

TEST()
{
	struct rlimit limit = { 8 << 20, RLIM_INFINITY };
	char *p;

	CHECK_OK(setrlimit(RLIMIT_STACK, &limit));
	place = map_anon(4096, PROT_NONE);
	stack = place + 4000 * PAGE;
	system_calls();
	two_that_grow();
	moves_and_grows();
	parts();

	/* A hole of the size of the gap is too small for one more page, with one more it is not. */
	fresh();
	at(stack - 300 * PAGE, 300 - GAP, 0);
	p = CHECK_OK(mmap(stack - GAP * PAGE, PAGE, RW, ANON, -1, 0));
	CHECK(p < stack - GAP * PAGE || p > stack);
	CHECK_OK(munmap(p, PAGE));
	CHECK_OK(munmap(stack - (GAP + 1) * PAGE, PAGE));
	CHECK(mmap(stack - (GAP + 1) * PAGE, PAGE, RW, ANON, -1, 0) == stack - (GAP + 1) * PAGE);
	clear();
}

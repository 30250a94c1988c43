// SPDX-License-Identifier: MIT
/*
 * mprotect_grows.c: PROT_GROWSDOWN changes a mapping that grows down from its start on; EINVAL for
 * others, ENOMEM where none is. PROT_GROWSUP: nothing grows up on this machine: EINVAL, but ENOMEM
 * where nothing is mapped. PROT_SEM changes nothing.
 */
#include "test.h"

#define RW (PROT_READ | PROT_WRITE)

TEST()
{
	char *place = map_anon(1024, PROT_NONE), *stack = place + 1008 * PAGE, *p;

	CHECK_OK(munmap(place, 1024 * PAGE));
	CHECK(mmap(stack, 8 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1,
		      0) == stack);
	stack[-4 * (long)PAGE] = 1; /* it grows */
	CHECK_OK(mprotect(stack + 2 * PAGE, PAGE, PROT_READ | PROT_GROWSDOWN));
	CHECK_MAPS(stack - 4 * PAGE, 12, "7r-- 5rw-");
	CHECK_CAN(TOUCH_READ, stack - 8 * PAGE); /* it still grows, and what comes is read-only */
	CHECK_FAULT(TOUCH_WRITE, stack - 8 * PAGE, SIGSEGV, SEGV_ACCERR);
	CHECK_OK(mprotect(stack + 7 * PAGE, PAGE, RW | PROT_GROWSDOWN));
	CHECK_MAPS(stack - 8 * PAGE, 16, "11r-- 5rw-");
	CHECK_OK(mprotect(stack - 4 * PAGE, PAGE, RW | PROT_GROWSDOWN));
	CHECK_MAPS(stack - 8 * PAGE, 16, "5rw- 6r-- 5rw-");
	/* The range may begin in the free space below. */
	CHECK_OK(mprotect(stack - 12 * PAGE, 5 * PAGE, PROT_READ | PROT_GROWSDOWN));
	CHECK_MAPS(stack - 8 * PAGE, 16, "1r-- 4rw- 6r-- 5rw-");
	CHECK_ERR(mprotect(stack - 12 * PAGE, 4 * PAGE, PROT_READ | PROT_GROWSDOWN), ENOMEM);

	p = map_anon(4, RW);
	CHECK_OK(munmap(p, PAGE));
	CHECK_ERR(mprotect(p + PAGE, PAGE, PROT_READ | PROT_GROWSDOWN), EINVAL);
	CHECK_ERR(mprotect(p + PAGE, PAGE, PROT_READ | PROT_GROWSUP), EINVAL);
	CHECK_ERR(mprotect(p, PAGE, PROT_READ | PROT_GROWSUP), ENOMEM);
	CHECK_ERR(mprotect(p, PAGE, PROT_READ | PROT_GROWSDOWN), ENOMEM);
	CHECK_ERR(mprotect(p, PAGE, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP), EINVAL);
	CHECK_MAPS(p, 4, "3rw-");
	CHECK_OK(mprotect(p + PAGE, PAGE, RW | 8 /* PROT_SEM */));
	CHECK_MAPS(p, 4, "3rw-");
}

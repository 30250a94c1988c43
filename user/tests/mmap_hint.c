// SPDX-License-Identifier: MIT
/*
 * mmap_hint.c: Without MAP_FIXED the address is a hint: taken (rounded down to the page) when the
 * range is free, ignored when it is not.
 */
#include "test.h"

TEST()
{
	char *area = map_anon(8, PROT_NONE), *p;

	CHECK_OK(munmap(area, 8 * PAGE));
	p = mmap(area + 2 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p == area + 2 * PAGE);
	p = mmap(area + 4 * PAGE + 100, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK_EQ((uintptr_t)p % PAGE, 0);
	CHECK(p == area + 4 * PAGE || p == area + 5 * PAGE);

	/* Taken: somewhere else, and what is there stays. */
	p = mmap(area + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED && p != area + 2 * PAGE);
	CHECK_CAN(TOUCH_WRITE, p);
	CHECK_FAULT(TOUCH_WRITE, area + 2 * PAGE, SIGSEGV, SEGV_ACCERR);

	/* Beyond user space: ignored as well. */
	p = mmap((void *)0xffff800000000000, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED && (uintptr_t)p < 0x800000000000);
}

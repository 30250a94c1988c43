// SPDX-License-Identifier: MIT
/*
 * mmap_length_rounds_up.c: A length that is no multiple of the page maps the whole last page.
 */
#include "test.h"

TEST()
{
	char *p = CHECK_OK(
		mmap(NULL, PAGE + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	CHECK_CAN(TOUCH_WRITE, p + 2 * PAGE - 1);
	CHECK_OK(munmap(p, PAGE + 1));
	CHECK_FAULT(TOUCH_READ, p + 2 * PAGE - 1, SIGSEGV, SEGV_MAPERR);
	CHECK_FAULT(TOUCH_READ, p, SIGSEGV, SEGV_MAPERR);
}

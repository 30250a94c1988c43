// SPDX-License-Identifier: MIT
/*
 * mprotect_stack.c: A page of the stack can be protected and given back.
 */
#include "test.h"

TEST()
{
	char buffer[4 * PAGE];
	char *page = (char *)(((uintptr_t)buffer + PAGE) & -PAGE);

	memset(buffer, 1, sizeof(buffer));
	CHECK_OK(mprotect(page, PAGE, PROT_READ));
	CHECK_FAULT(TOUCH_WRITE, page + 5, SIGSEGV, SEGV_ACCERR);
	CHECK_OK(mprotect(page, PAGE, PROT_READ | PROT_WRITE));
	CHECK_CAN(TOUCH_WRITE, page + 5);
	CHECK_ALL(buffer, 1, sizeof(buffer));
}

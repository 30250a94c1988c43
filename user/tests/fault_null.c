// SPDX-License-Identifier: MIT
/*
 * fault_null.c: Reading, writing and jumping to NULL and its neighbourhood: SIGSEGV, SEGV_MAPERR,
 * with that address.
 */
#include "test.h"

static void touch_without_handler(char *p)
{
	__asm__ volatile("movb $1, (%0)" : : "r"(p) : "memory");
}

TEST()
{
	CHECK_FAULT(TOUCH_READ, NULL, SIGSEGV, SEGV_MAPERR);
	CHECK_FAULT(TOUCH_WRITE, 8, SIGSEGV, SEGV_MAPERR);
	CHECK_FAULT(TOUCH_EXEC, NULL, SIGSEGV, SEGV_MAPERR);
	CHECK_FAULT(TOUCH_READ, PAGE - 1, SIGSEGV, SEGV_MAPERR);
	CHECK_KILLS(SIGSEGV, touch_without_handler((char *)16));
}

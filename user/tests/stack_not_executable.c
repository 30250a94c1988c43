// SPDX-License-Identifier: MIT
/*
 * stack_not_executable.c: Code on the stack does not run: SIGSEGV with SEGV_ACCERR.
 */
#include "test.h"

TEST()
{
	unsigned char code[16] = { 0xc3 };

	CHECK_FAULT(TOUCH_EXEC, code, SIGSEGV, SEGV_ACCERR);
}

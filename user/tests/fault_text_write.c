// SPDX-License-Identifier: MIT
/*
 * fault_text_write.c: The program's own code cannot be written and its constants cannot be run.
 */
#include "test.h"

static const unsigned char constant[64] = { 0xc3 };

TEST()
{
	CHECK_FAULT(TOUCH_WRITE, (char *)&test_body, SIGSEGV, SEGV_ACCERR);
	CHECK_FAULT(TOUCH_WRITE, constant, SIGSEGV, SEGV_ACCERR);
	CHECK_FAULT(TOUCH_EXEC, constant, SIGSEGV, SEGV_ACCERR);
}

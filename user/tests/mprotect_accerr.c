// SPDX-License-Identifier: MIT
/*
 * mprotect_accerr.c: After mprotect the forbidden access brings SIGSEGV with SEGV_ACCERR and the
 * exact address; the page that was writable in the TLB a moment ago is no exception.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(4, PROT_READ | PROT_WRITE);

	memset(p, 1, 4 * PAGE);
	CHECK_OK(mprotect(p + PAGE, PAGE, PROT_READ));
	CHECK_FAULT(TOUCH_WRITE, p + PAGE, SIGSEGV, SEGV_ACCERR);
	CHECK_FAULT(TOUCH_WRITE, p + 2 * PAGE - 1, SIGSEGV, SEGV_ACCERR);
	CHECK_CAN(TOUCH_READ, p + PAGE);
	CHECK_CAN(TOUCH_WRITE, p + 2 * PAGE);
	CHECK_FAULT(TOUCH_EXEC, p, SIGSEGV, SEGV_ACCERR);
	CHECK_OK(mprotect(p + PAGE, PAGE, PROT_NONE));
	CHECK_FAULT(TOUCH_READ, p + PAGE + 123, SIGSEGV, SEGV_ACCERR);
	CHECK_OK(mprotect(p + PAGE, PAGE, PROT_READ | PROT_WRITE));
	CHECK_CAN(TOUCH_WRITE, p + PAGE);
	CHECK_ALL(p, 1, 4 * PAGE);
}

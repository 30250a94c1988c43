// SPDX-License-Identifier: MIT
/*
 * mprotect_hole.c: A range with a hole fails with ENOMEM; what lies before the hole is changed,
 * what lies behind is not.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(6, PROT_READ | PROT_WRITE);

	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	CHECK_ERR(mprotect(p, 6 * PAGE, PROT_READ), ENOMEM);
	CHECK_MAPS(p, 6, "2r-- 3rw-");
	CHECK_CAN(TOUCH_WRITE, p + 3 * PAGE);
	CHECK_FAULT(TOUCH_WRITE, p + PAGE, SIGSEGV, SEGV_ACCERR);
}

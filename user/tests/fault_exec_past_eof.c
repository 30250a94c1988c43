// SPDX-License-Identifier: MIT
/*
 * fault_exec_past_eof.c: executing memory that may only be read is SEGV_ACCERR; behind the end of a
 * file it is SIGBUS all the same, because the page is looked for first.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("file", 100);
	char *p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);

	CHECK_EQ(p != MAP_FAILED, true);
	EXPECT_FAULT(TOUCH_EXEC, p, SIGSEGV, SEGV_ACCERR);
	EXPECT_FAULT(TOUCH_EXEC, p + PAGE, SIGBUS, BUS_ADRERR);
	EXPECT_CAN(TOUCH_READ, p);
}

// SPDX-License-Identifier: MIT
/*
 * mmap_populate_past_eof.c: MAP_POPULATE of a range that cannot be populated (beyond the end of the
 * file, or PROT_NONE) still succeeds.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE);
	char *p;

	p = CHECK_OK(mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0));
	CHECK_CAN(TOUCH_READ, p);
	CHECK_FAULT(TOUCH_READ, p + PAGE, SIGBUS, BUS_ADRERR);
	p = CHECK_OK(
		mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
	CHECK_FAULT(TOUCH_READ, p, SIGSEGV, SEGV_ACCERR);
}

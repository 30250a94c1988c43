// SPDX-License-Identifier: MIT
/*
 * mmap_truncate_grow.c: Growing a file makes pages behind its old end usable in a mapping that was
 * there before; they are zeros, and so is what a shrink cut off.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE);
	char *p = CHECK_OK(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));

	CHECK_FAULT(TOUCH_READ, p + PAGE, SIGBUS, BUS_ADRERR);
	CHECK_OK(ftruncate(fd, 3 * PAGE));
	CHECK_ALL(p + PAGE, 0, 2 * PAGE);
	memset(p + PAGE, 'x', 2 * PAGE);
	CHECK_FAULT(TOUCH_READ, p + 3 * PAGE, SIGBUS, BUS_ADRERR);

	CHECK_OK(ftruncate(fd, PAGE + 100));
	CHECK_OK(ftruncate(fd, 3 * PAGE));
	CHECK_ALL(p + PAGE, 'x', 100);
	CHECK_ALL(p + PAGE + 100, 0, 2 * PAGE - 100);
	CHECK_EQ(pwrite(fd, "end", 3, 4 * PAGE - 3), 3);
	CHECK_MEM(p + 4 * PAGE - 3, "end", 3);
}

// SPDX-License-Identifier: MIT
/*
 * mmap_sigbus_empty_file.c: A mapping of an empty file can be made; touching it brings SIGBUS until
 * the file has bytes.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 0);
	char *p = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));

	CHECK_FAULT(TOUCH_READ, p, SIGBUS, BUS_ADRERR);
	CHECK_EQ(write(fd, "hi", 2), 2);
	CHECK_EQ(p[0], 'h');
	CHECK_EQ(p[2], 0);
	CHECK_CAN(TOUCH_WRITE, p);
}

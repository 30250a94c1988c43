// SPDX-License-Identifier: MIT
/*
 * mmap_truncate_private.c: A private copy of the page that holds the new end stays whole; copies behind
 * it are gone, and when the file grows again its zeros show, not the old copies.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 3 * PAGE), rw = PROT_READ | PROT_WRITE;
	char *p = CHECK_OK(mmap(NULL, 3 * PAGE, rw, MAP_PRIVATE, fd, 0));

	memset(p, 'p', 3 * PAGE);
	CHECK_OK(ftruncate(fd, PAGE + 100));
	CHECK_ALL(p, 'p', 2 * PAGE);
	CHECK_FAULT(TOUCH_READ, p + 2 * PAGE, SIGBUS, BUS_ADRERR);
	CHECK_OK(ftruncate(fd, 3 * PAGE));
	CHECK_ALL(p, 'p', 2 * PAGE);
	CHECK_ALL(p + 2 * PAGE, 0, PAGE);
	CHECK_OK(ftruncate(fd, 0));
	CHECK_FAULT(TOUCH_WRITE, p, SIGBUS, BUS_ADRERR);
	CHECK_OK(ftruncate(fd, PAGE));
	CHECK_ALL(p, 0, PAGE);
}

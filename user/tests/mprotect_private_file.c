// SPDX-License-Identifier: MIT
/*
 * mprotect_private_file.c: A private mapping of a file that is open for reading only can be made
 * writable; the stores stay private.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd;
	char *p, back;

	CHECK_OK(close(make_file("a", PAGE)));
	fd = CHECK_OK(open("a", O_RDONLY));
	p = CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
	CHECK_CAN(TOUCH_READ, p);
	CHECK_FAULT(TOUCH_WRITE, p, SIGSEGV, SEGV_ACCERR);
	CHECK_OK(mprotect(p, PAGE, PROT_READ | PROT_WRITE));
	p[3] = 'p';
	CHECK_EQ(p[3], 'p');
	CHECK_EQ(pread(fd, &back, 1, 3), 1);
	CHECK_EQ((unsigned char)back, pattern_byte(3));
}

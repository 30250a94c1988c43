// SPDX-License-Identifier: MIT
/*
 * mprotect_shared_file.c: A shared file page that is made writable later, and one that was written,
 * made read-only and written again: all stores reach the file.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 2 * PAGE);
	char *p = CHECK_OK(mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0)), back;

	CHECK_CAN(TOUCH_READ, p);
	CHECK_OK(mprotect(p, 2 * PAGE, PROT_READ | PROT_WRITE));
	p[0] = 'A';
	CHECK_OK(mprotect(p, 2 * PAGE, PROT_READ));
	CHECK_FAULT(TOUCH_WRITE, p, SIGSEGV, SEGV_ACCERR);
	CHECK_EQ(pread(fd, &back, 1, 0), 1);
	CHECK_EQ(back, 'A');
	CHECK_OK(mprotect(p, 2 * PAGE, PROT_WRITE));
	p[0] = 'B';
	p[PAGE] = 'C';
	CHECK_EQ(pread(fd, &back, 1, 0), 1);
	CHECK_EQ(back, 'B');
	CHECK_EQ(pread(fd, &back, 1, PAGE), 1);
	CHECK_EQ(back, 'C');
}

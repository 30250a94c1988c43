// SPDX-License-Identifier: MIT
/*
 * mprotect_eacces.c: A shared mapping of a file that was opened for reading only cannot be made
 * writable: EACCES, and nothing changes.
 */
#include "test.h"

TEST_IN_DIR()
{
	char *p;

	CHECK_OK(close(make_file("a", PAGE)));
	p = CHECK_OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, CHECK_OK(open("a", O_RDONLY)), 0));
	CHECK_ERR(mprotect(p, PAGE, PROT_READ | PROT_WRITE), EACCES);
	CHECK_ERR(mprotect(p, PAGE, PROT_WRITE), EACCES);
	CHECK_CAN(TOUCH_READ, p);
	CHECK_FAULT(TOUCH_WRITE, p, SIGSEGV, SEGV_ACCERR);
	CHECK_OK(mprotect(p, PAGE, PROT_NONE));
	CHECK_OK(mprotect(p, PAGE, PROT_READ | PROT_EXEC));
}

// SPDX-License-Identifier: MIT
/*
 * mmap_exec_code.c: Code written into memory runs after mprotect to PROT_EXEC, and code in a file
 * runs from its mapping.
 */
#include "test.h"

/* mov $42, %eax; ret */
static const unsigned char code[] = { 0xb8, 42, 0, 0, 0, 0xc3 };

TEST_IN_DIR()
{
	char *p = map_anon(1, PROT_READ | PROT_WRITE);
	int fd = make_file("code", 0);

	memcpy(p, code, sizeof(code));
	CHECK_OK(mprotect(p, PAGE, PROT_READ | PROT_EXEC));
	CHECK_EQ(((int (*)(void))p)(), 42);

	CHECK_EQ(write(fd, code, sizeof(code)), sizeof(code));
	p = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
	CHECK_EQ(((int (*)(void))p)(), 42);
	CHECK_EQ(pwrite(fd, "\x07", 1, 1), 1);
	CHECK_EQ(((int (*)(void))p)(), 7);
}

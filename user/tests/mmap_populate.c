// SPDX-License-Identifier: MIT
/*
 * mmap_populate.c: MAP_POPULATE faults the whole mapping in at once: touching it later brings no
 * fault, for anonymous memory and for files, private and shared.
 */
#include "test.h"

#define NR 32UL

static void check_populated(char *p, bool write)
{
	long before = minor_faults();

	for (unsigned long i = 0; i < NR; i++)
		CHECK_CAN(write ? TOUCH_WRITE : TOUCH_READ, p + i * PAGE);
	CHECK_EQ(minor_faults() - before < 5, 1);
}

TEST_IN_DIR()
{
	int rw = PROT_READ | PROT_WRITE;
	int fd = make_file("a", NR * PAGE);
	char *p;

	CHECK_CAN(TOUCH_READ, &fd); /* the code of touch() itself */
	p = CHECK_OK(mmap(NULL, NR * PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
	check_populated(p, true);
	p = CHECK_OK(mmap(NULL, NR * PAGE, rw, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
	check_populated(p, true);
	p = CHECK_OK(mmap(NULL, NR * PAGE, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0));
	check_populated(p, false);
	CHECK_EQ((unsigned char)p[5 * PAGE + 3], pattern_byte(5 * PAGE + 3));
	p = CHECK_OK(mmap(NULL, NR * PAGE, rw, MAP_PRIVATE | MAP_POPULATE, fd, 0));
	check_populated(p, true);
}

// SPDX-License-Identifier: MIT
/*
 * munmap_several_mappings.c: One munmap over several mappings of different kinds, cutting the first
 * and the last in two.
 */
#include "test.h"

TEST_IN_DIR()
{
	char *p = map_anon(12, PROT_READ | PROT_WRITE);
	int fd = make_file("a", 4 * PAGE), fixed = MAP_FIXED;

	memset(p, 1, 12 * PAGE);
	CHECK_OK(mmap(p + 4 * PAGE, 2 * PAGE, PROT_READ, MAP_SHARED | fixed, fd, 0));
	CHECK_OK(mmap(p + 7 * PAGE, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0));
	CHECK_OK(mprotect(p + 9 * PAGE, 3 * PAGE, PROT_READ));
	CHECK_OK(munmap(p + 2 * PAGE, 8 * PAGE));
	CHECK_MAPS(p, 12, "2rw- 2r--");
	CHECK_ALL(p, 1, 2 * PAGE);
	CHECK_ALL(p + 10 * PAGE, 1, 2 * PAGE);
	CHECK_FAULT(TOUCH_READ, p + 2 * PAGE, SIGSEGV, SEGV_MAPERR);
	CHECK_FAULT(TOUCH_READ, p + 10 * PAGE - 1, SIGSEGV, SEGV_MAPERR);
}

// SPDX-License-Identifier: MIT
/*
 * mmap_merge_file.c: Mappings of one file merge when both the addresses and the offsets follow each
 * other.
 */
#include "test.h"

#define FIXED(at, offset)                                                                          \
	CHECK_OK(mmap(at, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, (offset)*PAGE))

TEST_IN_DIR()
{
	int fd = make_file("a", 8 * PAGE);
	char *p = map_anon(6, PROT_NONE) + PAGE;

	CHECK_OK(munmap(p, 4 * PAGE));
	FIXED(p, 2);
	FIXED(p + PAGE, 3);
	CHECK_MAPS(p, 4, "2r--");
	FIXED(p + 2 * PAGE, 5);
	CHECK_MAPS(p, 4, "2r-- 1r--");
	FIXED(p + 3 * PAGE, 6);
	CHECK_MAPS(p, 4, "2r-- 2r--");
	FIXED(p + 2 * PAGE, 4);
	CHECK_MAPS(p, 4, "3r-- 1r--");
}

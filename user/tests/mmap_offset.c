// SPDX-License-Identifier: MIT
/*
 * mmap_offset.c: The offset picks the pages of the file; two mappings of different offsets overlap
 * where the file's ranges do.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 8 * PAGE);
	unsigned char wanted[PAGE];
	unsigned char *p =
		CHECK_OK(mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 2 * PAGE));
	unsigned char *q = CHECK_OK(mmap(NULL, 3 * PAGE, PROT_READ, MAP_SHARED, fd, 4 * PAGE));
	struct map_line line;

	fill_pattern(wanted, 4 * PAGE, PAGE);
	CHECK_MEM(p + 2 * PAGE, wanted, PAGE);
	CHECK_MEM(q, wanted, PAGE);
	p[2 * PAGE + 9] = 0x99;
	CHECK_EQ(q[9], 0x99);
	CHECK(map_of(q, &line));
	CHECK_EQ(line.offset, 4 * PAGE);
	CHECK_EQ(line.inode, stat_of("a").st_ino);
	CHECK(strstr(line.path, "/a") != NULL);
}

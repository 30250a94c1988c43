// SPDX-License-Identifier: MIT
/*
 * munmap_shared_file_split.c: Unmapping the middle of a shared file mapping keeps the offsets of
 * the right half, and loses nothing that was stored.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 6 * PAGE);
	char *p = CHECK_OK(mmap(NULL, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	struct map_line line;
	char back;

	p[2 * PAGE] = 'm';
	CHECK_OK(munmap(p + 2 * PAGE, 2 * PAGE));
	CHECK_EQ(pread(fd, &back, 1, 2 * PAGE), 1);
	CHECK_EQ(back, 'm');
	CHECK_EQ((unsigned char)p[4 * PAGE + 7], pattern_byte(4 * PAGE + 7));
	CHECK(map_of(p + 4 * PAGE, &line));
	CHECK_EQ(line.offset, 4 * PAGE);
	CHECK_EQ(line.start, (uintptr_t)(p + 4 * PAGE));
}

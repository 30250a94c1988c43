// SPDX-License-Identifier: MIT
/*
 * mmap_big_file.c: A file of 3 MiB (beyond the direct and single indirect blocks of ext2) reads
 * right through a mapping in random order, and random stores through it are read back by read(2).
 */
#include "test.h"

#define NR_PAGES 768

TEST_IN_DIR()
{
	int fd = make_file("a", NR_PAGES * PAGE);
	unsigned char *p =
		CHECK_OK(mmap(NULL, NR_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	unsigned char byte;
	unsigned at = 1;

	for (int i = 0; i < 500; i++) {
		at = (at * 1103515245 + 12345) % (NR_PAGES * PAGE);
		CHECK_EQ(p[at], pattern_byte(at));
	}
	for (int i = 0; i < 100; i++) {
		at = (at * 1103515245 + 12345) % (NR_PAGES * PAGE);
		p[at] = i;
		CHECK_EQ(pread(fd, &byte, 1, at), 1);
		CHECK_EQ(byte, i);
	}
	CHECK_OK(msync(p, NR_PAGES * PAGE, MS_SYNC));
}

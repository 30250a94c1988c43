// SPDX-License-Identifier: MIT
/*
 * mmap_sparse_file.c: Holes of a sparse file read as zeros through a mapping; storing into one
 * fills it.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 0);
	char *p, back;

	CHECK_OK(ftruncate(fd, 64 * PAGE));
	CHECK_EQ(pwrite(fd, "x", 1, 40 * PAGE), 1);
	p = CHECK_OK(mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	CHECK_ALL(p, 0, 40 * PAGE);
	CHECK_EQ(p[40 * PAGE], 'x');
	p[63 * PAGE] = 'y';
	p[7 * PAGE + 1] = 'z';
	CHECK_OK(msync(p, 64 * PAGE, MS_SYNC));
	CHECK_EQ(pread(fd, &back, 1, 63 * PAGE), 1);
	CHECK_EQ(back, 'y');
	CHECK_EQ(pread(fd, &back, 1, 7 * PAGE + 1), 1);
	CHECK_EQ(back, 'z');
	CHECK_EQ(stat_of("a").st_blocks * 512 < 64 * (long)PAGE, 1);
}

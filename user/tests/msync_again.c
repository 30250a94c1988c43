// SPDX-License-Identifier: MIT
/*
 * msync_again.c: A page that was written back by msync and is stored to again is dirty again: the
 * second msync and the file have the second value.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE);
	char *p = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)), back;

	for (int i = 1; i <= 5; i++) {
		p[i] = 'a' + i;
		CHECK_OK(msync(p, PAGE, MS_SYNC));
		CHECK_EQ(pread(fd, &back, 1, i), 1);
		CHECK_EQ(back, 'a' + i);
	}
}

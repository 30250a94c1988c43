// SPDX-License-Identifier: MIT
/*
 * msync_range.c: msync(MS_SYNC) writes the pages it is asked for, and no others. The last page of a
 * file shows it: what was stored behind the end is zeroed when that page is written.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 2 * PAGE + 100);
	char *p = CHECK_OK(mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));

	p[0] = 'a';
	p[2 * PAGE + 200] = 'x';
	CHECK_OK(msync(p, 2 * PAGE, MS_SYNC));
	CHECK_EQ(p[2 * PAGE + 200], 'x');
}

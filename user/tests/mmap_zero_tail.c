// SPDX-License-Identifier: MIT
/*
 * mmap_zero_tail.c: Behind the end of the file its last page reads as zeros; what is stored there
 * is not part of the file.
 */
#include "test.h"

TEST_IN_DIR()
{
	char back[200];
	int fd = make_file("a", PAGE + 100);
	char *p = CHECK_OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));

	CHECK_EQ((unsigned char)p[PAGE + 99], pattern_byte(PAGE + 99));
	CHECK_ALL(p + PAGE + 100, 0, PAGE - 100);
	memset(p + PAGE + 100, 'z', PAGE - 100);
	CHECK_EQ(stat_of("a").st_size, PAGE + 100);
	CHECK_EQ(pread(fd, back, sizeof(back), PAGE), 100);
	CHECK_EQ(pread(fd, back, sizeof(back), PAGE + 100), 0);
	CHECK_OK(msync(p, 2 * PAGE, MS_SYNC));
	CHECK_EQ(stat_of("a").st_size, PAGE + 100);
}

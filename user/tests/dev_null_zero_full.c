// SPDX-License-Identifier: MIT
/*
 * dev_null_zero_full.c: /dev/null swallows and is empty, /dev/zero gives zeros, /dev/full is always
 * full (ENOSPC); they are character devices of Linux's numbers.
 */
#include "test.h"

TEST()
{
	int null = CHECK_OK(open("/dev/null", O_RDWR)), zero = CHECK_OK(open("/dev/zero", O_RDWR));
	int full = CHECK_OK(open("/dev/full", O_RDWR));
	char block[100];
	struct stat st;

	CHECK_EQ(write(null, block, 100), 100);
	CHECK_EQ(read(null, block, 100), 0);
	memset(block, 1, 100);
	CHECK_EQ(read(zero, block, 100), 100);
	CHECK_ALL(block, 0, 100);
	CHECK_EQ(write(zero, block, 100), 100);
	memset(block, 1, 100);
	CHECK_EQ(read(full, block, 100), 100);
	CHECK_ALL(block, 0, 100);
	CHECK_ERR(write(full, block, 1), ENOSPC);
	CHECK_OK(fstat(null, &st));
	CHECK_EQ(S_ISCHR(st.st_mode), 1);
	CHECK_EQ(st.st_rdev, makedev(1, 3));
	CHECK_EQ(stat_of("/dev/zero").st_rdev, makedev(1, 5));
	CHECK_EQ(stat_of("/dev/full").st_rdev, makedev(1, 7));
	CHECK_EQ(stat_of("/dev/null").st_mode & 0666, 0666);
}

// SPDX-License-Identifier: MIT
/*
 * statfs_fields.c: statfs and fstatfs: block size, totals that fit together, name length; /proc and
 * /dev/shm answer too.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct statfs fs, again;
	int fd = make_file("a", 10);

	CHECK_OK(statfs(".", &fs));
	CHECK_OK(fstatfs(fd, &again));
	CHECK_EQ(fs.f_type, again.f_type);
	CHECK_EQ(fs.f_bsize >= 512 && fs.f_bsize <= 65536, 1);
	CHECK_EQ(fs.f_bfree <= fs.f_blocks && fs.f_bavail <= fs.f_bfree, 1);
	CHECK_EQ(fs.f_ffree <= fs.f_files, 1);
	CHECK_EQ(fs.f_namelen, 255);
	CHECK_OK(statfs("/proc", &again));
	CHECK_EQ(again.f_type, 0x9fa0);
	CHECK_OK(statfs("/dev/shm", &again));
	CHECK_EQ(again.f_type, 0x01021994);
	EXPECT_ERR(statfs("none", &fs), ENOENT);
	EXPECT_ERR(fstatfs(99, &fs), EBADF);
}

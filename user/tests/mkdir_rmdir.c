// SPDX-License-Identifier: MIT
/*
 * mkdir_rmdir.c: mkdir and rmdir: link counts, modes, and the errors EEXIST, ENOENT, ENOTDIR,
 * ENOTEMPTY, EINVAL and EBUSY.
 */
#include "test.h"

TEST_IN_DIR()
{
	put_file("file", "x");
	CHECK_OK(mkdir("d", 0750));
	CHECK_EQ(stat_of("d").st_mode, S_IFDIR | 0750);
	EXPECT_ERR(mkdir("d", 0755), EEXIST);
	EXPECT_ERR(mkdir("file", 0755), EEXIST);
	EXPECT_ERR(mkdir(".", 0755), EEXIST);
	EXPECT_ERR(mkdir("/", 0755), EEXIST);
	EXPECT_ERR(mkdir("none/d", 0755), ENOENT);
	EXPECT_ERR(mkdir("file/d", 0755), ENOTDIR);
	EXPECT_ERR(mkdir("", 0755), ENOENT);
	CHECK_OK(mkdir("d/e", 0755));
	CHECK_OK(mkdir("d/f/", 0755));
	EXPECT_ERR(rmdir("d"), ENOTEMPTY);
	EXPECT_ERR(rmdir("file"), ENOTDIR);
	EXPECT_ERR(rmdir("none"), ENOENT);
	EXPECT_ERR(rmdir("d/e/."), EINVAL);
	EXPECT_ERR(rmdir("d/e/.."), ENOTEMPTY);
	EXPECT_ERR(unlink("d/e"), EISDIR);
	CHECK_OK(rmdir("d/f/"));
	CHECK_OK(rmdir("d/e"));
	CHECK_OK(rmdir("d"));
	CHECK(!exists("d"));
}

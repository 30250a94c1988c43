// SPDX-License-Identifier: MIT
/*
 * rename_directories.c: Renaming directories: ".." and link counts follow, over an empty directory
 * works, over a full one is ENOTEMPTY, into one's own subtree EINVAL, "." and ".." EBUSY or EINVAL.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct stat parent, dots;

	CHECK_OK(mkdir("a", 0755));
	CHECK_OK(mkdir("a/sub", 0755));
	CHECK_OK(mkdir("b", 0755));
	CHECK_OK(mkdir("empty", 0755));
	put_file("b/file", "x");

	CHECK_OK(rename("a/sub", "b/moved"));
	CHECK_OK(stat("b", &parent));
	CHECK_OK(stat("b/moved/..", &dots));
	CHECK_EQ(dots.st_ino, parent.st_ino);
	CHECK(!exists("a/sub"));

	EXPECT_ERR(rename("a", "b"), ENOTEMPTY);
	CHECK_OK(rename("b", "empty"));
	CHECK(!exists("b"));
	CHECK_FILE("empty/file", "x");

	EXPECT_ERR(rename("empty", "empty/moved/x"), EINVAL);
	EXPECT_ERR(rename("empty", "empty/x"), EINVAL);
	EXPECT_ERR(rename("empty/moved", "empty"), ENOTEMPTY);
	EXPECT_ERR(rename(".", "x"), EBUSY);
	EXPECT_ERR(rename("a/..", "x"), EBUSY);
	EXPECT_ERR(rename("a", "."), EBUSY);
	CHECK_OK(rename("a/", "c/"));
	CHECK_EQ(S_ISDIR(stat_of("c").st_mode), 1);
}

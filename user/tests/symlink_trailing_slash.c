// SPDX-License-Identifier: MIT
/*
 * symlink_trailing_slash.c: A trailing slash follows a link to a directory; a link as the last part
 * is removed or renamed itself, never its target.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct stat st;

	CHECK_OK(mkdir("d", 0755));
	put_file("d/a", "x");
	CHECK_OK(symlink("d", "l"));
	CHECK_OK(lstat("l/", &st));
	CHECK_EQ(S_ISDIR(st.st_mode), 1);
	CHECK_OK(lstat("l/.", &st));
	CHECK_EQ(S_ISDIR(st.st_mode), 1);
	EXPECT_ERR(rmdir("l"), ENOTDIR);
	EXPECT_ERR(unlink("l/"), ENOTDIR);
	CHECK_OK(rename("l", "m"));
	CHECK_EQ(S_ISLNK(stat_of("m").st_mode), 1);
	CHECK_OK(unlink("m"));
	CHECK(exists("d/a"));
}

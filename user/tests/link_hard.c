// SPDX-License-Identifier: MIT
/*
 * link_hard.c: Hard links: one file under two names, the link count, and the errors EEXIST, EPERM
 * for directories, EXDEV, ENOENT.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct stat a, b;

	put_file("a", "data");
	CHECK_OK(link("a", "b"));
	CHECK_OK(stat("a", &a));
	CHECK_OK(stat("b", &b));
	CHECK_EQ(a.st_ino, b.st_ino);
	CHECK_EQ(a.st_nlink, 2);
	put_file("b", "changed");
	CHECK_FILE("a", "changed");
	CHECK_OK(unlink("a"));
	CHECK_EQ(stat_of("b").st_nlink, 1);
	CHECK_FILE("b", "changed");

	CHECK_OK(mkdir("d", 0755));
	CHECK_OK(symlink("b", "l"));
	EXPECT_ERR(link("b", "d"), EEXIST);
	EXPECT_ERR(link("b", "b"), EEXIST);
	EXPECT_ERR(link("d", "e"), EPERM);
	EXPECT_ERR(link("none", "e"), ENOENT);
	EXPECT_ERR(link("b", "none/e"), ENOENT);
	EXPECT_ERR(link("b", "/dev/test-link"), EXDEV);
	/* A symbolic link is linked itself, unless asked to be followed. */
	CHECK_OK(link("l", "l2"));
	CHECK_EQ(S_ISLNK(stat_of("l2").st_mode), 1);
	CHECK_OK(linkat(AT_FDCWD, "l", AT_FDCWD, "b2", AT_SYMLINK_FOLLOW));
	CHECK_EQ(stat_of("b2").st_ino, stat_of("b").st_ino);
}

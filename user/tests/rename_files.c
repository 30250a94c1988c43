// SPDX-License-Identifier: MIT
/*
 * rename_files.c: rename: within and across directories, over an existing file (which goes away),
 * onto a hard link of itself (nothing happens), and the errors.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct stat a;
	int fd;

	CHECK_OK(mkdir("d", 0755));
	put_file("a", "AAA");
	put_file("b", "BBB");
	CHECK_OK(stat("a", &a));
	fd = CHECK_OK(open("b", O_RDONLY));
	CHECK_OK(rename("a", "b"));
	CHECK(!exists("a"));
	CHECK_FILE("b", "AAA");
	CHECK_EQ(stat_of("b").st_ino, a.st_ino);
	CHECK_OK(fstat(fd, &a));
	CHECK_EQ(a.st_nlink, 0);

	CHECK_OK(rename("b", "d/c"));
	CHECK(!exists("b"));
	CHECK_FILE("d/c", "AAA");
	CHECK_OK(link("d/c", "same"));
	CHECK_OK(rename("d/c", "same"));
	CHECK(exists("d/c") && exists("same"));
	CHECK_EQ(stat_of("same").st_nlink, 2);
	CHECK_OK(rename("same", "same"));

	EXPECT_ERR(rename("none", "x"), ENOENT);
	EXPECT_ERR(rename("same", "none/x"), ENOENT);
	EXPECT_ERR(rename("same", "d"), EISDIR);
	EXPECT_ERR(rename("same", "d/"), ENOTDIR);
	EXPECT_ERR(rename("d", "same"), ENOTDIR);
	EXPECT_ERR(rename("same/x", "y"), ENOTDIR);
	EXPECT_ERR(rename("same", "/proc/x"), EXDEV);
	EXPECT_ERR(rename("", "x"), ENOENT);
}

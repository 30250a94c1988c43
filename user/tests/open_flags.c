// SPDX-License-Identifier: MIT
/*
 * open_flags.c: open: O_CREAT makes, O_EXCL refuses what exists (a dangling symbolic link too),
 * O_TRUNC empties, O_DIRECTORY and O_NOFOLLOW refuse other kinds; the errors.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd;

	EXPECT_ERR(open("a", O_RDONLY), ENOENT);
	fd = CHECK_OK(open("a", O_WRONLY | O_CREAT | O_EXCL, 0640));
	CHECK_EQ(stat_of("a").st_mode, S_IFREG | 0640);
	CHECK_EQ(write(fd, "12345", 5), 5);
	CHECK_OK(close(fd));
	EXPECT_ERR(open("a", O_WRONLY | O_CREAT | O_EXCL, 0640), EEXIST);
	CHECK_OK(close(CHECK_OK(open("a", O_RDWR | O_CREAT, 0777))));
	CHECK_EQ(stat_of("a").st_mode, S_IFREG | 0640);
	CHECK_EQ(stat_of("a").st_size, 5);
	CHECK_OK(close(CHECK_OK(open("a", O_WRONLY | O_TRUNC))));
	CHECK_EQ(stat_of("a").st_size, 0);

	CHECK_OK(symlink("nowhere", "dangling"));
	CHECK_OK(symlink("a", "link"));
	CHECK_OK(mkdir("dir", 0755));
	EXPECT_ERR(open("dangling", O_RDONLY), ENOENT);
	EXPECT_ERR(open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0600), EEXIST);
	EXPECT_ERR(open("link", O_RDONLY | O_NOFOLLOW), ELOOP);
	EXPECT_ERR(open("a", O_RDONLY | O_DIRECTORY), ENOTDIR);
	EXPECT_ERR(open("dir", O_WRONLY), EISDIR);
	EXPECT_ERR(open("dir", O_RDWR), EISDIR);
	EXPECT_ERR(open("dir", O_RDONLY | O_CREAT, 0600), EISDIR);
	EXPECT_ERR(open("a/b", O_RDONLY), ENOTDIR);
	EXPECT_ERR(open("a/b", O_WRONLY | O_CREAT, 0600), ENOTDIR);
	EXPECT_ERR(open("none/b", O_WRONLY | O_CREAT, 0600), ENOENT);
	EXPECT_ERR(open("", O_RDONLY), ENOENT);
	CHECK_OK(open("dir", O_RDONLY | O_DIRECTORY));
	CHECK_OK(open("dir/.", O_RDONLY));
	CHECK_OK(open("dir/../a", O_RDONLY));
	EXPECT_ERR(open("a/", O_RDONLY), ENOTDIR);
	EXPECT_ERR(open("new/", O_WRONLY | O_CREAT, 0600), EISDIR);

	/* Through a dangling link O_CREAT makes the target. */
	CHECK_OK(open("dangling", O_WRONLY | O_CREAT, 0600));
	CHECK(exists("nowhere"));
}

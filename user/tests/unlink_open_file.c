// SPDX-License-Identifier: MIT
/*
 * unlink_open_file.c: An unlinked file lives on while it is open: reading, writing, growing; its
 * link count is 0, and a new file of the name is another one.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE);
	struct stat st;
	char back[3];

	CHECK_OK(unlink("a"));
	CHECK(!exists("a"));
	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_nlink, 0);
	CHECK_EQ(pwrite(fd, "end", 3, 3 * PAGE), 3);
	CHECK_EQ(pread(fd, back, 3, 3 * PAGE), 3);
	CHECK_MEM(back, "end", 3);
	put_file("a", "new");
	CHECK_EQ(pread(fd, back, 1, 0), 1);
	CHECK_EQ((unsigned char)back[0], pattern_byte(0));
	CHECK_OK(close(fd));
	CHECK_FILE("a", "new");
	EXPECT_ERR(unlink("none"), ENOENT);
	EXPECT_ERR(unlink("a/b"), ENOTDIR);
	EXPECT_ERR(unlink("a/"), ENOTDIR);
	EXPECT_ERR(unlink(""), ENOENT);
}

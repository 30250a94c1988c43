// SPDX-License-Identifier: MIT
/*
 * open_append.c: O_APPEND: every write goes to the end, wherever the offset stands and whoever made
 * the file longer.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd, other;

	put_file("a", "start ");
	fd = CHECK_OK(open("a", O_WRONLY | O_APPEND));
	other = CHECK_OK(open("a", O_WRONLY | O_APPEND));
	CHECK_EQ(write(fd, "one ", 4), 4);
	CHECK_EQ(write(other, "two ", 4), 4);
	CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
	CHECK_EQ(write(fd, "three", 5), 5);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 19);
	CHECK_FILE("a", "start one two three");
}

// SPDX-License-Identifier: MIT
/*
 * fork_shares_offset.c: Parent and child share the offset of a file opened before the fork.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = CHECK_OK(open("a", O_RDWR | O_CREAT, 0600));
	pid_t pid;

	CHECK_EQ(write(fd, "parent ", 7), 7);
	pid = fork_child();
	if (pid == 0) {
		CHECK_EQ(write(fd, "child ", 6), 6);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(write(fd, "parent", 6), 6);
	CHECK_FILE("a", "parent child parent");
}

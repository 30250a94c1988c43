// SPDX-License-Identifier: MIT
/*
 * fsync_sync.c: fsync, fdatasync, sync and syncfs succeed on files and directories; EBADF and
 * EINVAL (a pipe) where they cannot.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 5 * PAGE), dir = CHECK_OK(open(".", O_RDONLY)), pipes[2];

	EXPECT_EQ(fsync(fd), 0);
	EXPECT_EQ(fdatasync(fd), 0);
	EXPECT_EQ(fsync(dir), 0);
	EXPECT_EQ(syncfs(fd), 0);
	sync();
	CHECK_OK(pipe(pipes));
	EXPECT_ERR(fsync(pipes[0]), EINVAL);
	EXPECT_ERR(fsync(99), EBADF);
	EXPECT_ERR(syncfs(99), EBADF);
}

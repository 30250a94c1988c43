// SPDX-License-Identifier: MIT
/*
 * pipe_nonblock.c: O_NONBLOCK: an empty pipe is EAGAIN, a full one too; writes up to PIPE_BUF go
 * whole or not at all, longer ones in part.
 */
#include "test.h"

TEST()
{
	int fds[2];
	static char block[PAGE * 32];
	long total = 0, got;

	CHECK_OK(pipe2(fds, O_NONBLOCK | O_CLOEXEC));
	CHECK_EQ(fcntl(fds[0], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	CHECK_EQ(fcntl(fds[1], F_GETFD), FD_CLOEXEC);
	CHECK_ERR(read(fds[0], block, 1), EAGAIN);
	while ((got = write(fds[1], block, PAGE)) > 0) {
		CHECK_EQ(got, PAGE);
		total += got;
	}
	CHECK_EQ(errno, EAGAIN);
	CHECK(total >= (long)PAGE);
	CHECK_ERR(write(fds[1], block, 1), EAGAIN);
	CHECK_EQ(read(fds[0], block, PAGE), PAGE);
	CHECK_EQ(write(fds[1], block, PAGE), PAGE);
	while (read(fds[0], block, sizeof(block)) > 0)
		;
	got = write(fds[1], block, sizeof(block));
	CHECK(got > 0 && got < (long)sizeof(block));
	CHECK_ERR(pipe2(fds, 0x40000000), EINVAL);
}

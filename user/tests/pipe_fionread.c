// SPDX-License-Identifier: MIT
/*
 * pipe_fionread.c: FIONREAD tells how many bytes wait in a pipe.
 */
#include "test.h"

TEST()
{
	int fds[2], waiting = -1;
	char back[3];

	CHECK_OK(pipe(fds));
	CHECK_OK(ioctl(fds[0], FIONREAD, &waiting));
	CHECK_EQ(waiting, 0);
	CHECK_EQ(write(fds[1], "12345", 5), 5);
	CHECK_EQ(read(fds[0], back, 2), 2);
	CHECK_OK(ioctl(fds[0], FIONREAD, &waiting));
	CHECK_EQ(waiting, 3);
	CHECK_ERR(ioctl(fds[0], 0x5401, &waiting), ENOTTY);
}

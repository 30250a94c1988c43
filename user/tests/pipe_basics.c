// SPDX-License-Identifier: MIT
/*
 * pipe_basics.c: A pipe carries bytes in order, reads give what is there, and the end of file comes
 * when the last writer closes.
 */
#include "test.h"

TEST()
{
	int fds[2], extra;
	char back[10];

	CHECK_OK(pipe(fds));
	CHECK_EQ(write(fds[1], "abcdef", 6), 6);
	CHECK_EQ(read(fds[0], back, 4), 4);
	CHECK_MEM(back, "abcd", 4);
	CHECK_EQ(read(fds[0], back, 10), 2);
	CHECK_MEM(back, "ef", 2);
	extra = CHECK_OK(dup(fds[1]));
	CHECK_OK(close(fds[1]));
	CHECK_EQ(write(extra, "x", 1), 1);
	CHECK_OK(close(extra));
	CHECK_EQ(read(fds[0], back, 10), 1);
	CHECK_EQ(read(fds[0], back, 10), 0);
	CHECK_EQ(read(fds[0], back, 10), 0);
	CHECK_ERR(write(fds[0], "x", 1), EBADF);
	CHECK_EQ(S_ISFIFO(({
		struct stat st;
		CHECK_OK(fstat(fds[0], &st));
		st.st_mode;
	})),
		1);
}

// SPDX-License-Identifier: MIT
/*
 * pipe_epipe.c: Writing to a pipe without readers: SIGPIPE, and EPIPE when that is ignored.
 */
#include "test.h"

TEST()
{
	int fds[2];

	CHECK_OK(pipe(fds));
	CHECK_OK(close(fds[0]));
	CHECK_KILLS(SIGPIPE, if (write(fds[1], "x", 1) < 0) _exit(2));
	CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	CHECK_ERR(write(fds[1], "x", 1), EPIPE);
}

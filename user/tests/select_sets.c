// SPDX-License-Identifier: MIT
/*
 * select_sets.c: select and pselect: the sets come back with what is ready, the count over all of
 * them, the time-out, EBADF and EINVAL.
 */
#include "test.h"

TEST()
{
	int fds[2], max;
	fd_set in, out;
	struct timeval zero = { 0, 0 }, short_time = { 0, 20000 };

	CHECK_OK(pipe(fds));
	max = (fds[0] > fds[1] ? fds[0] : fds[1]) + 1;
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(fds[0], &in);
	FD_SET(fds[1], &out);
	CHECK_EQ(select(max, &in, &out, NULL, &zero), 1);
	CHECK_EQ(FD_ISSET(fds[0], &in), 0);
	CHECK_EQ(FD_ISSET(fds[1], &out) != 0, 1);
	CHECK_EQ(write(fds[1], "x", 1), 1);
	FD_SET(fds[0], &in);
	CHECK_EQ(select(max, &in, &out, NULL, NULL), 2);
	CHECK_EQ(FD_ISSET(fds[0], &in) != 0, 1);
	CHECK_EQ(select(0, NULL, NULL, NULL, &short_time), 0);
	FD_SET(99, &in);
	zero = (struct timeval){ 0, 0 };
	CHECK_ERR(select(100, &in, NULL, NULL, &zero), EBADF);
	CHECK_ERR(select(-1, NULL, NULL, NULL, &zero), EINVAL);
	zero.tv_sec = -1;
	CHECK_ERR(select(0, NULL, NULL, NULL, &zero), EINVAL);
}

// SPDX-License-Identifier: MIT
/*
 * poll_pipe.c: poll: POLLIN and POLLOUT as they come true, POLLHUP and POLLERR when the other side
 * goes, POLLNVAL for bad descriptors, negative ones ignored, the time-out.
 */
#include "test.h"

static int revents(int fd, int events)
{
	struct pollfd p = { .fd = fd, .events = events, .revents = -1 };

	CHECK_OK(poll(&p, 1, 0));
	return p.revents;
}

TEST()
{
	int fds[2];
	struct pollfd three[3];
	long long start;

	CHECK_OK(pipe(fds));
	EXPECT_EQ(revents(fds[0], POLLIN), 0);
	EXPECT_EQ(revents(fds[1], POLLOUT), POLLOUT);
	CHECK_EQ(write(fds[1], "x", 1), 1);
	EXPECT_EQ(revents(fds[0], POLLIN), POLLIN);
	EXPECT_EQ(revents(fds[0], 0), 0);
	EXPECT_EQ(revents(99, POLLIN), POLLNVAL);
	EXPECT_EQ(revents(-1, POLLIN), 0);

	three[0] = (struct pollfd){ fds[0], POLLIN, 0 };
	three[1] = (struct pollfd){ fds[1], POLLOUT, 0 };
	three[2] = (struct pollfd){ -5, POLLIN, 0 };
	EXPECT_EQ(poll(three, 3, -1), 2);

	CHECK_OK(close(fds[1]));
	EXPECT_EQ(revents(fds[0], POLLIN), POLLIN | POLLHUP);
	CHECK_OK(pipe(fds));
	start = now_ns(CLOCK_MONOTONIC);
	three[0] = (struct pollfd){ fds[0], POLLIN, 0 };
	CHECK_EQ(poll(three, 1, 30), 0);
	EXPECT_EQ(now_ns(CLOCK_MONOTONIC) - start >= 29000000, 1);
	CHECK_OK(close(fds[0]));
	EXPECT_EQ(revents(fds[1], POLLOUT) & POLLERR, POLLERR);
	EXPECT_EQ(poll(NULL, 0, 1), 0);
}

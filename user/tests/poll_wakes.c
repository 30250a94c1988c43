// SPDX-License-Identifier: MIT
/*
 * poll_wakes.c: poll sleeps until another process writes.
 */
#include "test.h"

TEST()
{
	int fds[2];
	struct pollfd p;
	pid_t pid;

	CHECK_OK(pipe(fds));
	pid = fork_child();
	if (pid == 0) {
		sleep_ms(30);
		CHECK_EQ(write(fds[1], "x", 1), 1);
		child_done();
	}
	p = (struct pollfd){ fds[0], POLLIN, 0 };
	CHECK_EQ(poll(&p, 1, 20000), 1);
	CHECK_EQ(p.revents, POLLIN);
	CHECK_EXITS(pid, 0);
}

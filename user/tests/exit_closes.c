// SPDX-License-Identifier: MIT
/*
 * exit_closes.c: The end of a process closes its files (a pipe's reader sees the end) and gives its
 * memory back.
 */
#include "test.h"

TEST()
{
	int fds[2];
	char c;
	pid_t pid;

	CHECK_OK(pipe(fds));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(close(fds[0]));
		memset(map_anon(100, PROT_READ | PROT_WRITE), 1, 100 * PAGE);
		_exit(0);
	}
	CHECK_OK(close(fds[1]));
	CHECK_EQ(read(fds[0], &c, 1), 0);
	CHECK_EXITS(pid, 0);
}

// SPDX-License-Identifier: MIT
/*
 * exec_from_vfork_failure.c: An exec that fails in a vfork child leaves the parent's memory as it
 * was.
 */
#include "test.h"

TEST()
{
	volatile int word = 1;
	pid_t pid = vfork();

	if (pid == 0) {
		word = 2;
		execl("/no/such/program", "x", NULL);
		_exit(errno == ENOENT ? 3 : 4);
	}
	CHECK_EXITS(pid, 3);
	CHECK_EQ(word, 2);
}

// SPDX-License-Identifier: MIT
/*
 * mmap_shared_anonymous.c: Shared anonymous memory is the same memory in parent and child, also
 * pages first touched after the fork, and grandchildren have it too.
 */
#include "test.h"

TEST()
{
	volatile int *p = map_shared(4);
	pid_t pid;

	p[0] = 1;
	CHECK_EQ(p[3 * PAGE / 4], 0);
	pid = fork_child();
	if (pid == 0) {
		pid_t grandchild = fork_child();

		if (grandchild == 0) {
			p[2 * PAGE / 4] = 30;
			child_done();
		}
		CHECK_EXITS(grandchild, 0);
		CHECK_EQ(p[0], 1);
		p[0] = 10;
		p[PAGE / 4] = 20;
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(p[0], 10);
	CHECK_EQ(p[PAGE / 4], 20);
	CHECK_EQ(p[2 * PAGE / 4], 30);
}

// SPDX-License-Identifier: MIT
/*
 * mmap_shared_anonymous_outlives.c: Shared anonymous pages live as long as any process maps them:
 * the parent unmaps, the child still has them.
 */
#include "test.h"

TEST()
{
	char *p = map_shared(3);
	struct gate gate = gate_make();
	pid_t pid;

	memset(p, 9, 3 * PAGE);
	pid = fork_child();
	if (pid == 0) {
		gate_wait(gate);
		CHECK_ALL(p, 9, 3 * PAGE);
		child_done();
	}
	CHECK_OK(munmap(p, 3 * PAGE));
	gate_give(gate);
	CHECK_EXITS(pid, 0);
}

// SPDX-License-Identifier: MIT
/*
 * fork_cow_chain.c: Three generations share pages copy-on-write; each sees what its parent had at
 * its birth, whoever writes and whoever dies first.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(4, PROT_READ | PROT_WRITE);
	struct gate go = gate_make();
	pid_t child, grandchild;

	memset(p, 1, 4 * PAGE);
	child = fork_child();
	if (child == 0) {
		memset(p + PAGE, 2, PAGE);
		grandchild = fork_child();
		if (grandchild == 0) {
			gate_wait(go);
			CHECK_ALL(p, 1, PAGE);
			CHECK_ALL(p + PAGE, 2, PAGE);
			memset(p, 3, 4 * PAGE);
			CHECK_ALL(p, 3, 4 * PAGE);
			child_done();
		}
		memset(p, 9, 4 * PAGE);
		gate_give(go);
		CHECK_EXITS(grandchild, 0);
		CHECK_ALL(p, 9, 4 * PAGE);
		child_done();
	}
	memset(p + 2 * PAGE, 5, PAGE);
	CHECK_EXITS(child, 0);
	CHECK_ALL(p, 1, 2 * PAGE);
	CHECK_ALL(p + 2 * PAGE, 5, PAGE);
	CHECK_ALL(p + 3 * PAGE, 1, PAGE);
}

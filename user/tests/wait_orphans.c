// SPDX-License-Identifier: MIT
/*
 * wait_orphans.c: A process whose parent ends becomes a child of another (init, number 1); its own
 * children are not lost.
 */
#include "test.h"

TEST()
{
	struct gate tell = gate_make();
	pid_t pid = fork_child();
	int parent;

	if (pid == 0) {
		pid_t me = getpid();

		if (fork_child() == 0) {
			WAIT_UNTIL(getppid() != me);
			parent = getppid();
			CHECK_EQ(write(tell.fd[1], &parent, sizeof(parent)), sizeof(parent));
			child_done();
		}
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(read(tell.fd[0], &parent, sizeof(parent)), sizeof(parent));
	CHECK(parent != pid && parent > 0);
	if (on_vellum())
		CHECK_EQ(parent, 1);
}

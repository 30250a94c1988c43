// SPDX-License-Identifier: MIT
/*
 * fork_cow_kernel_write.c: The kernel's stores break copy-on-write too: read(2) into a page shared
 * since fork changes one side only.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(1, PROT_READ | PROT_WRITE);
	struct gate gate = gate_make();
	pid_t pid;

	memset(p, 'p', PAGE);
	pid = fork_child();
	if (pid == 0) {
		CHECK_EQ(write(gate.fd[1], "kernel", 6), 6);
		CHECK_EQ(read(gate.fd[0], p + 10, 6), 6);
		CHECK_MEM(p + 10, "kernel", 6);
		CHECK_EQ(p[0], 'p');
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_ALL(p, 'p', PAGE);
}

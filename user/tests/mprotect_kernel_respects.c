// SPDX-License-Identifier: MIT
/*
 * mprotect_kernel_respects.c: The kernel writes no memory that the program may not: read(2) into a
 * read-only page is EFAULT, also for one that is only copy-on-write behind it.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(2, PROT_READ | PROT_WRITE);
	struct gate gate = gate_make();

	memset(p, 1, 2 * PAGE);
	CHECK_OK(mprotect(p, PAGE, PROT_READ));
	gate_give(gate);
	CHECK_ERR(read(gate.fd[0], p, 1), EFAULT);
	CHECK_EQ(p[0], 1);
	CHECK_EQ(write(gate.fd[1], p, 1), 1);
	CHECK_EQ(read(gate.fd[0], p + PAGE, 1), 1);
}

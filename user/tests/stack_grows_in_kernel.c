// SPDX-License-Identifier: MIT
/*
 * stack_grows_in_kernel.c: A system call that stores below the present end of the stack grows it,
 * as an access by the program would.
 */
#include "test.h"

TEST()
{
	char here;
	struct map_line line;
	struct gate gate = gate_make();

	CHECK(map_of(&here, &line));
	gate_give(gate);
	CHECK_EQ(read(gate.fd[0], (char *)line.start - 20 * PAGE, 1), 1);
	CHECK_EQ(*((char *)line.start - 20 * PAGE), 'x');
}

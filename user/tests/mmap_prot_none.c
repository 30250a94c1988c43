// SPDX-License-Identifier: MIT
/*
 * mmap_prot_none.c: PROT_NONE memory holds its address range and allows no access, by the program
 * or by the kernel on its behalf.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(2, PROT_NONE);
	struct gate gate = gate_make();

	CHECK_FAULT(TOUCH_READ, p, SIGSEGV, SEGV_ACCERR);
	CHECK_FAULT(TOUCH_WRITE, p + PAGE, SIGSEGV, SEGV_ACCERR);
	CHECK_FAULT(TOUCH_EXEC, p + 5, SIGSEGV, SEGV_ACCERR);
	CHECK_ERR(write(gate.fd[1], p, 1), EFAULT);
	gate_give(gate);
	CHECK_ERR(read(gate.fd[0], p, 1), EFAULT);
	CHECK_MAPS(p, 2, "2---");
}

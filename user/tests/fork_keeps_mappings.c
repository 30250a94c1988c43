// SPDX-License-Identifier: MIT
/*
 * fork_keeps_mappings.c: The child has the parent's mappings, with holes, protections and shared
 * ones; changing them there changes nothing here.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(8, PROT_READ | PROT_WRITE);
	pid_t pid;

	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	CHECK_OK(mprotect(p + 4 * PAGE, PAGE, PROT_NONE));
	CHECK_OK(mprotect(p + 6 * PAGE, 2 * PAGE, PROT_READ));
	pid = fork_child();
	if (pid == 0) {
		CHECK_MAPS(p, 8, "2rw- 1rw- 1--- 1rw- 2r--");
		CHECK_FAULT(TOUCH_READ, p + 2 * PAGE, SIGSEGV, SEGV_MAPERR);
		CHECK_FAULT(TOUCH_READ, p + 4 * PAGE, SIGSEGV, SEGV_ACCERR);
		CHECK_FAULT(TOUCH_WRITE, p + 6 * PAGE, SIGSEGV, SEGV_ACCERR);
		CHECK_OK(munmap(p, 8 * PAGE));
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_MAPS(p, 8, "2rw- 1rw- 1--- 1rw- 2r--");
	CHECK_CAN(TOUCH_WRITE, p);
}

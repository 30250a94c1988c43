// SPDX-License-Identifier: MIT
/*
 * fork_cow_mprotect.c: A page shared since fork, made read-only and writable again, is still
 * copy-on-write.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(2, PROT_READ | PROT_WRITE);
	pid_t pid;

	memset(p, 1, 2 * PAGE);
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(mprotect(p, PAGE, PROT_READ));
		CHECK_FAULT(TOUCH_WRITE, p, SIGSEGV, SEGV_ACCERR);
		CHECK_OK(mprotect(p, PAGE, PROT_READ | PROT_WRITE));
		memset(p, 2, 2 * PAGE);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_ALL(p, 1, 2 * PAGE);
}

// SPDX-License-Identifier: MIT
/*
 * madvise_fork_advice.c: A child does not have what its parent marked MADV_DONTFORK; what is marked
 * MADV_WIPEONFORK it has as zeros, and still so in its own children; MADV_DOFORK and MADV_KEEPONFORK
 * take that back.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(4, PROT_READ | PROT_WRITE);
	pid_t pid;

	memset(p, 6, 4 * PAGE);
	CHECK_OK(madvise(p, 2 * PAGE, MADV_DONTFORK));
	CHECK_OK(madvise(p, PAGE, MADV_DOFORK));
	CHECK_OK(madvise(p + 2 * PAGE, 2 * PAGE, MADV_WIPEONFORK));
	CHECK_OK(madvise(p + 3 * PAGE, PAGE, MADV_KEEPONFORK));
	pid = fork_child();
	if (pid == 0) {
		CHECK_ALL(p, 6, PAGE);
		CHECK_FAULT(TOUCH_READ, p + PAGE, SIGSEGV, SEGV_MAPERR);
		CHECK_ALL(p + 2 * PAGE, 0, PAGE);
		CHECK_ALL(p + 3 * PAGE, 6, PAGE);
		p[2 * PAGE] = 1;
		pid = fork_child();
		if (pid == 0) {
			CHECK_ALL(p + 2 * PAGE, 0, PAGE);
			child_done();
		}
		CHECK_EXITS(pid, 0);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_ALL(p, 6, 4 * PAGE);
}

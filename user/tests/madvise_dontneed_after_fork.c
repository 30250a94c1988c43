// SPDX-License-Identifier: MIT
/*
 * madvise_dontneed_after_fork.c: MADV_DONTNEED in the child leaves the parent's copy of the same
 * memory alone.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(2, PROT_READ | PROT_WRITE);
	pid_t pid;

	memset(p, 4, 2 * PAGE);
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(madvise(p, 2 * PAGE, MADV_DONTNEED));
		CHECK_ALL(p, 0, 2 * PAGE);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_ALL(p, 4, 2 * PAGE);
}

// SPDX-License-Identifier: MIT
/*
 * fork_ids.c: fork: the child has a new pid, the parent's pid as its parent, no children and no
 * pending alarm of its own, times at zero.
 */
#include "test.h"

TEST()
{
	pid_t parent = getpid(), pid;

	alarm(100);
	pid = fork_child();
	if (pid == 0) {
		struct tms times_now;

		CHECK(getpid() != parent);
		CHECK_EQ(getppid(), parent);
		CHECK_EQ(syscall(SYS_gettid), getpid());
		CHECK_EQ(getpgrp(), getpgid(parent));
		CHECK_EQ(alarm(0), 0);
		CHECK_ERR(wait(NULL), ECHILD);
		CHECK_OK(times(&times_now));
		CHECK_EQ(times_now.tms_cutime + times_now.tms_cstime, 0);
		child_done();
	}
	CHECK(pid > 0);
	CHECK_EXITS(pid, 0);
	CHECK_EQ(alarm(0) > 0, 1);
}

// SPDX-License-Identifier: MIT
/*
 * session_groups.c: setpgid, getpgid, setsid, getsid: children start in the parent's group and
 * session; a leader cannot setsid (EPERM); the errors.
 */
#include "test.h"

TEST()
{
	pid_t pid, me = getpid();
	struct gate go = gate_make();

	CHECK_EQ(getpgrp(), getpgid(0));
	CHECK_EQ(getpgid(me), getpgrp());
	CHECK_EQ(getsid(0), getsid(me));
	EXPECT_ERR(getpgid(999999999), ESRCH);
	EXPECT_ERR(getsid(999999999), ESRCH);
	EXPECT_ERR(setpgid(999999999, 0), ESRCH);
	EXPECT_ERR(setpgid(0, -1), EINVAL);
	EXPECT_ERR(setpgid(0, 999999), EPERM);
	EXPECT_ERR(setpgid(getppid(), 0), ESRCH);

	pid = fork_child();
	if (pid == 0) {
		pid_t inner;

		CHECK_EQ(getpgrp(), getpgid(me));
		CHECK_EQ(setsid(), getpid());
		CHECK_EQ(getsid(0), getpid());
		CHECK_EQ(getpgrp(), getpid());
		EXPECT_ERR(setsid(), EPERM);
		EXPECT_ERR(setpgid(0, 0), EPERM);
		inner = fork_child();
		if (inner == 0) {
			CHECK_EQ(getsid(0), getppid());
			CHECK_OK(setpgid(0, 0));
			CHECK_EQ(getpgrp(), getpid());
			EXPECT_ERR(setpgid(0, getpgid(me)), EPERM); /* of another session */
			EXPECT_ERR(setsid(), EPERM);
			child_done();
		}
		CHECK_EXITS(inner, 0);
		child_done();
	}
	CHECK_EXITS(pid, 0);

	/* After its exec a child's group is its own matter. */
	pid = fork_child();
	if (pid == 0) {
		gate_wait(go);
		child_done();
	}
	CHECK_OK(setpgid(pid, pid));
	CHECK_EQ(getpgid(pid), pid);
	CHECK_OK(setpgid(pid, getpgrp()));
	CHECK_EQ(getpgid(pid), getpgrp());
	gate_give(go);
	CHECK_EXITS(pid, 0);
}

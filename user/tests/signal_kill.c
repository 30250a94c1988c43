// SPDX-License-Identifier: MIT
/*
 * signal_kill.c: kill: one process, a group (0 and negative), all the errors: ESRCH, EINVAL, EPERM;
 * signal 0 only asks.
 */
#include "test.h"

TEST()
{
	pid_t a = fork_child(), b, other;

	if (a == 0) {
		setpgid(0, 0);
		for (;;)
			pause();
	}
	setpgid(a, a);
	b = fork_child();
	if (b == 0) {
		setpgid(0, a);
		for (;;)
			pause();
	}
	setpgid(b, a);
	CHECK_OK(kill(a, 0));
	CHECK_OK(kill(-a, 0));
	CHECK_ERR(kill(a, 65), EINVAL);
	CHECK_ERR(kill(a, -1), EINVAL);
	CHECK_ERR(kill(999999999, SIGTERM), ESRCH);
	CHECK_ERR(kill(999999999, 65), ESRCH);
	CHECK_ERR(kill(-999999999, SIGTERM), ESRCH);
	CHECK_OK(kill(-a, SIGTERM));
	CHECK_KILLED(a, SIGTERM);
	CHECK_KILLED(b, SIGTERM);
	CHECK_ERR(kill(a, 0), ESRCH);

	/* 0 is the own group, the sender included. */
	a = fork_child();
	if (a == 0) {
		CHECK_OK(setpgid(0, 0));
		kill(0, SIGKILL);
		_exit(1);
	}
	CHECK_KILLED(a, SIGKILL);
	if (geteuid() == 0) {
		other = fork_child();
		if (other == 0) {
			become_other();
			CHECK_ERR(kill(getppid(), SIGTERM), EPERM);
			CHECK_ERR(kill(getppid(), 0), EPERM);
			CHECK_ERR(kill(1, SIGKILL), EPERM);
			child_done();
		}
		CHECK_EXITS(other, 0);
	}
}

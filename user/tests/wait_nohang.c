// SPDX-License-Identifier: MIT
/*
 * wait_nohang.c: WNOHANG gives 0 while no child has ended; waitpid of a group, of any child, of
 * one.
 */
#include "test.h"

TEST()
{
	struct gate go = gate_make();
	pid_t one = fork_child(), two;
	int status;

	if (one == 0) {
		gate_wait(go);
		_exit(1);
	}
	CHECK_EQ(waitpid(one, &status, WNOHANG), 0);
	CHECK_EQ(waitpid(-1, &status, WNOHANG), 0);
	two = fork_child();
	if (two == 0) {
		CHECK_OK(setpgid(0, 0));
		_exit(2);
	}
	CHECK_EQ(setpgid(two, two) == 0 || errno == ESRCH || errno == EACCES, 1);
	CHECK_ERR(waitpid(-12345678, &status, 0), ECHILD);
	CHECK_EQ(waitpid(-two, &status, 0), two);
	CHECK_EQ(WEXITSTATUS(status), 2);
	CHECK_EQ(waitpid(0, &status, WNOHANG), 0);
	gate_give(go);
	CHECK_EQ(waitpid(0, &status, 0), one);
	CHECK_EQ(WEXITSTATUS(status), 1);
}

// SPDX-License-Identifier: MIT
/*
 * vfork_exec.c: vfork and exec, the usual way to start a program: the parent goes on with its
 * memory untouched.
 */
#include "test.h"

static int helper(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 33;
}

TEST_HELPER(helper)

TEST()
{
	const char *self = test_self();

	for (int i = 0; i < 10; i++) {
		pid_t pid = vfork();

		if (pid == 0) {
			execl(self, "x", "--helper", "x", NULL);
			_exit(9);
		}
		CHECK(pid > 0);
		CHECK_EXITS(pid, 33);
	}
}

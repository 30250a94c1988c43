// SPDX-License-Identifier: MIT
/*
 * fork_limits.c: RLIMIT_NPROC stops an ordinary user's forks with EAGAIN; what was forked is
 * reaped.
 */
#include "test.h"

TEST()
{
	pid_t pid;

	need_root("it becomes a user who has no other processes");
	pid = fork_child();
	if (pid == 0) {
		struct rlimit limit = { 5, 5 };
		int made = 0, error;
		pid_t made_pids[50];

		CHECK_OK(setrlimit(RLIMIT_NPROC, &limit));
		become_other();
		for (;;) {
			pid_t child = fork();

			if (child == 0) {
				for (;;)
					pause();
			}
			if (child < 0)
				break;
			CHECK(made < 50);
			made_pids[made++] = child;
		}
		error = errno;
		for (int i = 0; i < made; i++) {
			CHECK_OK(kill(made_pids[i], SIGKILL));
			CHECK_KILLED(made_pids[i], SIGKILL);
		}
		CHECK_EQ(error, EAGAIN);
		CHECK_EQ(made, 4);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

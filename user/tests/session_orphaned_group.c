// SPDX-License-Identifier: MIT
/*
 * session_orphaned_group.c: When a process group loses its last tie to the session and has a
 * stopped member, it gets SIGHUP and SIGCONT.
 */
#include "test.h"

static volatile int *seen;

static void handler(int signo)
{
	seen[signo]++;
}

TEST()
{
	pid_t pid;

	seen = map_shared(1);
	pid = fork_child();
	if (pid == 0) {
		/* A session of its own; the middle process is the only tie of the group below
		 * it. */
		pid_t middle;

		setsid();
		middle = fork_child();
		if (middle == 0) {
			pid_t last = fork_child();

			if (last == 0) {
				setpgid(0, 0);
				signal(SIGHUP, handler);
				signal(SIGCONT, handler);
				seen[0] = 1;
				raise(SIGSTOP);
				for (int i = 0; i < 1000 && !seen[SIGHUP]; i++)
					sleep_ms(5);
				seen[0] = 2;
				_exit(0);
			}
			CHECK_EQ(waitpid(last, NULL, WUNTRACED), last);
			_exit(0);
		}
		CHECK_EXITS(middle, 0);
		WAIT_UNTIL(seen[0] == 2);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(seen[SIGHUP], 1);
	CHECK_EQ(seen[SIGCONT], 1);
}

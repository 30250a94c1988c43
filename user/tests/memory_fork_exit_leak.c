// SPDX-License-Identifier: MIT
/*
 * memory_fork_exit_leak.c: A hundred children that touch memory, map files and die leave nothing
 * behind (the frame of the test compares the free memory).
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 8 * PAGE);

	for (int i = 0; i < 100; i++) {
		pid_t pid = fork_child();

		if (pid == 0) {
			char *p = map_anon(20, PROT_READ | PROT_WRITE);
			char *q = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
			char *shared = map_shared(4);
			int pipes[2];

			memset(p, 1, 20 * PAGE);
			memset(q, 1, 8 * PAGE);
			memset(shared, 1, 4 * PAGE);
			CHECK_OK(pipe(pipes));
			CHECK_EQ(write(pipes[1], p, 100), 100);
			if (i % 2)
				kill(getpid(), SIGKILL);
			_exit(0);
		}
		if (i % 2)
			CHECK_KILLED(pid, SIGKILL);
		else
			CHECK_EXITS(pid, 0);
	}
}

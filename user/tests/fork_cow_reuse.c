// SPDX-License-Identifier: MIT
/*
 * fork_cow_reuse.c: When the other side of a copy-on-write page is gone, the last owner writes it
 * in place: correct contents, and no frames lost in two hundred rounds.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(8, PROT_READ | PROT_WRITE);

	for (int i = 0; i < 100; i++) {
		pid_t pid;

		memset(p, i, 8 * PAGE);
		pid = fork_child();
		if (pid == 0) {
			if (i % 2)
				memset(p, 0xff, 4 * PAGE);
			_exit(p[7 * PAGE] == (char)i ? 0 : 1);
		}
		if (i % 3 == 0)
			memset(p, i + 1, 8 * PAGE);
		CHECK_EXITS(pid, 0);
		CHECK_ALL(p, i % 3 == 0 ? i + 1 : i, 8 * PAGE);
	}
}

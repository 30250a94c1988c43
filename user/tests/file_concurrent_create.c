// SPDX-License-Identifier: MIT
/*
 * file_concurrent_create.c: Four processes make and remove files in one directory at once; O_EXCL
 * lets exactly one of them make each name.
 */
#include "test.h"

#define NR    4
#define NAMES 50

TEST_IN_DIR()
{
	int *won = map_shared(1);
	pid_t pids[NR];

	for (int i = 0; i < NR; i++) {
		pids[i] = fork_child();
		if (pids[i] == 0) {
			for (int n = 0; n < NAMES; n++) {
				char name[20];
				int fd;

				sprintf(name, "shared%d", n);
				fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
				if (fd >= 0)
					__atomic_fetch_add(&won[n], 1, __ATOMIC_SEQ_CST);
				else
					CHECK_EQ(errno, EEXIST);
				close(fd);
				sprintf(name, "own%d-%d", i, n);
				put_file(name, "x");
				CHECK_OK(unlink(name));
			}
			child_done();
		}
	}
	for (int i = 0; i < NR; i++)
		CHECK_EXITS(pids[i], 0);
	for (int n = 0; n < NAMES; n++)
		CHECK_EQ(won[n], 1);
}

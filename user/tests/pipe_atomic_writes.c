// SPDX-License-Identifier: MIT
/*
 * pipe_atomic_writes.c: Writes of up to PIPE_BUF bytes by several processes never mix.
 */
#include "test.h"

#define NR     4
#define ROUNDS 60

TEST()
{
	int fds[2];
	pid_t pids[NR];
	int seen[NR] = { 0 };
	char block[512];

	CHECK_OK(pipe(fds));
	for (int i = 0; i < NR; i++) {
		pids[i] = fork_child();
		if (pids[i] == 0) {
			memset(block, 'a' + i, sizeof(block));
			for (int n = 0; n < ROUNDS; n++)
				CHECK_EQ(write(fds[1], block, sizeof(block)), sizeof(block));
			child_done();
		}
	}
	CHECK_OK(close(fds[1]));
	for (;;) {
		size_t have = 0;
		ssize_t got = 1;

		while (have < sizeof(block) && got > 0) {
			got = CHECK_OK(read(fds[0], block + have, sizeof(block) - have));
			have += got;
		}
		if (have == 0)
			break;
		CHECK_EQ(have, sizeof(block));
		CHECK_ALL(block, block[0], sizeof(block));
		seen[block[0] - 'a']++;
	}
	for (int i = 0; i < NR; i++) {
		CHECK_EQ(seen[i], ROUNDS);
		CHECK_EXITS(pids[i], 0);
	}
}

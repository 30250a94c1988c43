// SPDX-License-Identifier: MIT
/*
 * shared_counter.c: Four processes count in shared memory with locked instructions: nothing is
 * lost, on any number of CPUs.
 */
#include "test.h"

#define NR     4
#define ROUNDS 20000

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE);
	int *anon = map_shared(1);
	int *file = CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	pid_t pids[NR];

	file[0] = 0;
	for (int i = 0; i < NR; i++) {
		pids[i] = fork_child();
		if (pids[i] == 0) {
			for (int n = 0; n < ROUNDS; n++) {
				__atomic_fetch_add(&anon[0], 1, __ATOMIC_SEQ_CST);
				__atomic_fetch_add(&file[0], 1, __ATOMIC_SEQ_CST);
			}
			child_done();
		}
	}
	for (int i = 0; i < NR; i++)
		CHECK_EXITS(pids[i], 0);
	CHECK_EQ(anon[0], NR * ROUNDS);
	CHECK_EQ(file[0], NR * ROUNDS);
}

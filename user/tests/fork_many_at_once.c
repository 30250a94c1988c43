// SPDX-License-Identifier: MIT
/*
 * fork_many_at_once.c: Sixty children at once, each with copy-on-write memory and its own stores.
 */
#include "test.h"

#define NR 60

TEST()
{
	char *p = map_anon(8, PROT_READ | PROT_WRITE);
	struct gate go = gate_make();
	pid_t pids[NR];

	memset(p, 1, 8 * PAGE);
	for (int i = 0; i < NR; i++) {
		pids[i] = fork_child();
		if (pids[i] == 0) {
			gate_wait(go);
			memset(p + PAGE, i, 4 * PAGE);
			sched_yield();
			CHECK_ALL(p + PAGE, i, 4 * PAGE);
			CHECK_ALL(p, 1, PAGE);
			child_done();
		}
	}
	for (int i = 0; i < NR; i++)
		gate_give(go);
	for (int i = 0; i < NR; i++)
		CHECK_EXITS(pids[i], 0);
	CHECK_ALL(p, 1, 8 * PAGE);
}

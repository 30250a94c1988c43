// SPDX-License-Identifier: MIT
/*
 * time_across_cpus.c: Time does not go back between processes on different CPUs: a message that
 * arrives is not younger than its sending.
 */
#include "test.h"

TEST()
{
	struct gate ping = gate_make(), pong = gate_make();
	volatile long long *sent = map_shared(1);
	pid_t pid = fork_child();

	if (pid == 0) {
		for (int i = 0; i < 200; i++) {
			gate_wait(ping);
			CHECK(now_ns(CLOCK_MONOTONIC) >= sent[0]);
			sent[1] = now_ns(CLOCK_MONOTONIC);
			gate_give(pong);
		}
		child_done();
	}
	for (int i = 0; i < 200; i++) {
		sent[0] = now_ns(CLOCK_MONOTONIC);
		gate_give(ping);
		gate_wait(pong);
		CHECK(now_ns(CLOCK_MONOTONIC) >= sent[1]);
	}
	CHECK_EXITS(pid, 0);
}

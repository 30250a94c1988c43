// SPDX-License-Identifier: MIT
/*
 * time_preemption.c: Endless loops do not keep others from running: eight spinners, and a ninth
 * process that still gets its turn.
 */
#include "test.h"

#define NR 8

TEST()
{
	pid_t pids[NR];
	long long start;

	for (int i = 0; i < NR; i++) {
		pids[i] = fork_child();
		if (pids[i] == 0)
			for (;;)
				__asm__ volatile("" : : : "memory");
	}
	start = now_ns(CLOCK_MONOTONIC);
	for (int i = 0; i < 5; i++)
		sleep_ms(1);
	CHECK(now_ns(CLOCK_MONOTONIC) - start < 10000000000LL);
	for (int i = 0; i < NR; i++) {
		CHECK_OK(kill(pids[i], SIGKILL));
		CHECK_KILLED(pids[i], SIGKILL);
	}
}

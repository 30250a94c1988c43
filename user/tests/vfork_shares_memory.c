// SPDX-License-Identifier: MIT
/*
 * vfork_shares_memory.c: vfork: the parent sleeps until the child execs or exits, and what the
 * child stored is there.
 */
#include "test.h"

static volatile int stored;

TEST()
{
	pid_t pid = vfork();

	if (pid == 0) {
		sleep_ms(20);
		stored = 42;
		_exit(7);
	}
	CHECK(pid > 0);
	CHECK_EQ(stored, 42);
	CHECK_EXITS(pid, 7);
}

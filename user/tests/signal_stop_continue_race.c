// SPDX-License-Identifier: MIT
/*
 * signal_stop_continue_race.c: A process that gets SIGSTOP and, right behind it, SIGCONT, goes on,
 * however far it was with stopping.
 */
#include "test.h"

#define NR_ROUNDS 3000

struct shared {
	volatile unsigned long steps;
	volatile bool end;
};

static void spins(struct shared *shared)
{
	while (!shared->end)
		shared->steps++;
	_exit(0);
}

/* Moments of different length between the two signals. */
static void pass_time(int loops)
{
	for (volatile int i = 0; i < loops; i++)
		;
}

/* It has gone on since it had done so many steps; or hangs. */
static bool goes_on(const struct shared *shared, unsigned long steps)
{
	long long end = now_ns(CLOCK_MONOTONIC) + 20000000000LL;

	while (shared->steps == steps) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sched_yield();
	}
	return true;
}

TEST()
{
	struct shared *shared = map_shared(1);
	unsigned long steps;
	pid_t pid = fork_child();

	if (pid == 0)
		spins(shared);
	for (int i = 0; i < NR_ROUNDS; i++) {
		CHECK_OK(kill(pid, SIGSTOP));
		pass_time(i % 100 * 10);
		CHECK_OK(kill(pid, SIGCONT));
		steps = shared->steps;
		if (!goes_on(shared, steps))
			CHECK_FAILED("stopped for good in round %d", i);
	}
	shared->end = true;
	CHECK_EXITS(pid, 0);
}

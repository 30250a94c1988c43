// SPDX-License-Identifier: MIT
/*
 * futex_bitset.c: FUTEX_WAKE_BITSET wakes whose bitsets have a bit in common with it; FUTEX_WAKE
 * wakes all, and FUTEX_WAIT is woken by any.
 */
#include "thread.h"

#define NR 4

static unsigned word;
static const unsigned bits[NR] = { 1, 2, 3, 0x80000000 };
static pid_t tids[NR];
static volatile int awake[NR];

static void *wait_for_bits(void *arg)
{
	int me = (int)(long)arg;

	tids[me] = my_tid();
	CHECK_EQ(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, bits[me]), 0);
	awake[me] = 1;
	return NULL;
}

static long wake(unsigned nr, unsigned set)
{
	return futex(&word, FUTEX_WAKE_BITSET_PRIVATE, nr, NULL, NULL, set);
}

TEST()
{
	pthread_t threads[NR];

	for (long i = 0; i < NR; i++) {
		threads[i] = thread_start(wait_for_bits, (void *)i);
		WAIT_UNTIL(tids[i] && thread_state(getpid(), tids[i]) == 'S');
	}
	CHECK_EQ(wake(10, 4), 0);
	CHECK_EQ(wake(1, 2), 1);
	WAIT_UNTIL(awake[1]);
	CHECK(!awake[0] && !awake[2] && !awake[3]);
	CHECK_EQ(wake(10, 0xc0000000), 1);
	WAIT_UNTIL(awake[3]);
	CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 2);
	for (int i = 0; i < NR; i++)
		thread_join(threads[i]);
}

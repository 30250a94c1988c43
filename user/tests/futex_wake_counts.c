// SPDX-License-Identifier: MIT
/*
 * futex_wake_counts.c: FUTEX_WAKE wakes as many as it is told, the longest sleepers first, and says
 * how many; with 0 or a negative number one, as Linux does; by address, not by value.
 */
#include "thread.h"

#define NR 8

static unsigned word;
static pid_t tids[NR];
static volatile int order[NR], nr_awake;

static void *wait_for_word(void *arg)
{
	int me = (int)(long)arg;

	tids[me] = my_tid();
	CHECK_EQ(futex(&word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0), 0);
	order[__atomic_fetch_add(&nr_awake, 1, __ATOMIC_SEQ_CST)] = me;
	return NULL;
}

static long wake(unsigned nr)
{
	long woken = futex(&word, FUTEX_WAKE_PRIVATE, nr, NULL, NULL, 0);
	static int total;

	total += (int)woken;
	WAIT_UNTIL(nr_awake == total);
	return woken;
}

TEST()
{
	pthread_t threads[NR];
	unsigned other = 0;

	CHECK_EQ(wake(1), 0);
	for (long i = 0; i < NR; i++) {
		threads[i] = thread_start(wait_for_word, (void *)i);
		WAIT_UNTIL(tids[i] && thread_state(getpid(), tids[i]) == 'S');
	}
	CHECK_EQ(futex(&other, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0), 0);
	CHECK_EQ(wake(1), 1);
	CHECK_EQ(order[0], 0);
	CHECK_EQ(wake(0), 1);
	CHECK_EQ(order[1], 1);
	CHECK_EQ(wake(-1), 1);
	CHECK_EQ(order[2], 2);
	CHECK_EQ(wake(2), 2);
	CHECK_EQ(wake(100), 3);
	for (int i = 0; i < NR; i++)
		thread_join(threads[i]);
}

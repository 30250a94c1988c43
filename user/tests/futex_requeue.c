// SPDX-License-Identifier: MIT
/*
 * futex_requeue.c: FUTEX_CMP_REQUEUE and FUTEX_REQUEUE wake some and move others to a second word,
 * where alone they can be woken then; the result counts both.
 */
#include "thread.h"

#define NR 6

static unsigned first, second;
static pid_t tids[NR];
static volatile int nr_awake;

static void *wait_for_first(void *arg)
{
	tids[(long)arg] = my_tid();
	CHECK_EQ(futex(&first, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0), 0);
	__atomic_fetch_add(&nr_awake, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static long wake(unsigned *word, unsigned nr)
{
	return futex(word, FUTEX_WAKE_PRIVATE, nr, NULL, NULL, 0);
}

TEST()
{
	pthread_t threads[NR];

	for (long i = 0; i < NR; i++) {
		threads[i] = thread_start(wait_for_first, (void *)i);
		WAIT_UNTIL(tids[i] && thread_state(getpid(), tids[i]) == 'S');
	}
	CHECK_ERR(futex2(&first, FUTEX_CMP_REQUEUE_PRIVATE, 1, 1, &second, 7), EAGAIN);
	CHECK_EQ(futex2(&first, FUTEX_CMP_REQUEUE_PRIVATE, 1, 2, &second, 0), 3);
	WAIT_UNTIL(nr_awake == 1);
	CHECK_EQ(wake(&second, 1), 1);
	WAIT_UNTIL(nr_awake == 2);
	/* one at second, three at first */
	CHECK_EQ(futex2(&first, FUTEX_REQUEUE_PRIVATE, 0, 2, &second, 0), 2);
	CHECK_EQ(nr_awake, 2);
	CHECK_EQ(wake(&first, 100), 1);
	CHECK_EQ(wake(&second, 100), 3);
	for (int i = 0; i < NR; i++)
		thread_join(threads[i]);
	CHECK_EQ(futex2(&first, FUTEX_REQUEUE_PRIVATE, 1, 1, &second, 0), 0);
}

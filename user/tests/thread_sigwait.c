// SPDX-License-Identifier: MIT
/*
 * thread_sigwait.c: A thread that waits in sigwait takes a signal that all threads block; of two,
 * each signal goes to one only.
 */
#include "thread.h"

#define NR_SIGNALS 20

static volatile int nr_taken;

static void *waits(void *set)
{
	int signo;

	for (;;) {
		CHECK_EQ(sigwait(set, &signo), 0);
		if (signo == SIGTERM)
			return NULL;
		CHECK_EQ(signo, SIGUSR1);
		__atomic_fetch_add(&nr_taken, 1, __ATOMIC_SEQ_CST);
	}
}

TEST()
{
	pthread_t threads[2];
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGTERM);
	CHECK_EQ(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
	for (int i = 0; i < 2; i++)
		threads[i] = thread_start(waits, &set);
	for (int i = 0; i < NR_SIGNALS; i++) {
		CHECK_OK(kill(getpid(), SIGUSR1));
		WAIT_UNTIL(nr_taken == i + 1);
	}
	for (int i = 0; i < 2; i++)
		CHECK_EQ(pthread_kill(threads[i], SIGTERM), 0);
	for (int i = 0; i < 2; i++)
		thread_join(threads[i]);
	CHECK_EQ(nr_taken, NR_SIGNALS);
}

// SPDX-License-Identifier: MIT
/*
 * thread_sync.c: mutexes, condition variables, read-write locks, barriers and semaphores of the C
 * library, each used by more threads than there are CPUs, keep their promises.
 */
#include "thread.h"

#include <semaphore.h>

#define NR     8
#define ROUNDS 300

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER, not_full = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t semaphore;
static long counter, queued, taken, pair[2], inside, at_barrier[ROUNDS];

static void *counts(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		long seen = counter;

		if (i % 50 == 0)
			sched_yield();
		counter = seen + 1;
		pthread_mutex_unlock(&mutex);
	}
	return unused;
}

/* Half of the threads put, half take, through a place for three. */
static void *puts_or_takes(void *arg)
{
	bool puts = (long)arg % 2;

	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		while (puts ? queued == 3 : queued == 0)
			pthread_cond_wait(puts ? &not_full : &not_empty, &mutex);
		queued += puts ? 1 : -1;
		taken += !puts;
		if (i % 2)
			pthread_cond_signal(puts ? &not_empty : &not_full);
		else
			pthread_cond_broadcast(puts ? &not_empty : &not_full);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void *reads_or_writes(void *arg)
{
	for (int i = 0; i < ROUNDS; i++)
		if ((long)arg % 4 == 0) {
			pthread_rwlock_wrlock(&rwlock);
			pair[0]++;
			if (i % 50 == 0)
				sched_yield();
			pair[1]++;
			pthread_rwlock_unlock(&rwlock);
		} else {
			pthread_rwlock_rdlock(&rwlock);
			CHECK_EQ(pair[0], pair[1]);
			pthread_rwlock_unlock(&rwlock);
		}
	return NULL;
}

static void *meets(void *unused)
{
	for (int i = 0; i < ROUNDS / 4; i++) {
		__atomic_fetch_add(&at_barrier[i], 1, __ATOMIC_SEQ_CST);
		pthread_barrier_wait(&barrier);
		CHECK_EQ(at_barrier[i], NR);
	}
	return unused;
}

static void *enters(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		sem_wait(&semaphore);
		CHECK(__atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST) <= 2);
		if (i % 50 == 0)
			sched_yield();
		__atomic_fetch_sub(&inside, 1, __ATOMIC_SEQ_CST);
		sem_post(&semaphore);
	}
	return unused;
}

static void run(void *(*function)(void *))
{
	pthread_t threads[NR];

	for (long i = 0; i < NR; i++)
		threads[i] = thread_start(function, (void *)i);
	for (int i = 0; i < NR; i++)
		thread_join(threads[i]);
}

TEST()
{
	pthread_barrier_init(&barrier, NULL, NR);
	sem_init(&semaphore, 0, 2);
	run(counts);
	CHECK_EQ(counter, NR * ROUNDS);
	run(puts_or_takes);
	CHECK_EQ(queued, 0);
	CHECK_EQ(taken, NR / 2 * ROUNDS);
	run(reads_or_writes);
	CHECK_EQ(pair[0], NR / 4 * ROUNDS);
	run(meets);
	run(enters);
}

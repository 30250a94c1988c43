// SPDX-License-Identifier: MIT
/*
 * thread_sync_shared.c: Process-shared mutexes, condition variables and barriers in shared memory
 * (anonymous, and of a file mapped at different addresses) work between processes; a robust mutex
 * whose owner dies gives EOWNERDEAD to the next one, and can be made consistent.
 */
#include "thread.h"

#define NR     4
#define ROUNDS 200

struct shared {
	pthread_mutex_t mutex, robust;
	pthread_cond_t changed;
	pthread_barrier_t barrier;
	long counter, turn;
};

static void init(struct shared *s)
{
	pthread_mutexattr_t attr;
	pthread_condattr_t cond;
	pthread_barrierattr_t barrier;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	CHECK_EQ(pthread_mutex_init(&s->mutex, &attr), 0);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	CHECK_EQ(pthread_mutex_init(&s->robust, &attr), 0);
	pthread_condattr_init(&cond);
	pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED);
	CHECK_EQ(pthread_cond_init(&s->changed, &cond), 0);
	pthread_barrierattr_init(&barrier);
	pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED);
	CHECK_EQ(pthread_barrier_init(&s->barrier, &barrier, NR), 0);
}

static void work(struct shared *s, int me)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&s->mutex);
		long seen = s->counter;

		if (i % 20 == 0)
			sched_yield();
		s->counter = seen + 1;
		pthread_mutex_unlock(&s->mutex);
	}
	pthread_barrier_wait(&s->barrier);
	CHECK_EQ(s->counter, NR * ROUNDS);
	pthread_mutex_lock(&s->mutex);
	while (s->turn != me)
		pthread_cond_wait(&s->changed, &s->mutex);
	s->turn++;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->mutex);
	if (pthread_mutex_lock(&s->robust) == EOWNERDEAD)
		CHECK_EQ(pthread_mutex_consistent(&s->robust), 0);
	_exit(0); /* holding it */
}

static void run(struct shared *s, int fd)
{
	pid_t pids[NR];

	init(s);
	for (int i = 0; i < NR; i++) {
		pids[i] = fork_child();
		if (pids[i] == 0) {
			struct shared *mine = s;

			if (fd >= 0)
				mine = CHECK_OK(mmap(
					NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
			work(mine, i);
		}
	}
	for (int i = 0; i < NR; i++)
		CHECK_EXITS(pids[i], 0);
	CHECK_EQ(pthread_mutex_lock(&s->robust), EOWNERDEAD);
	CHECK_EQ(pthread_mutex_unlock(&s->robust), 0);
	CHECK_EQ(pthread_mutex_lock(&s->robust), ENOTRECOVERABLE);
}

TEST_IN_DIR()
{
	int fd = make_file("a", 0);

	CHECK_OK(ftruncate(fd, PAGE));
	run(map_shared(1), -1);
	run(CHECK_OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)), fd);
}

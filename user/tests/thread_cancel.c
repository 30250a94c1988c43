// SPDX-License-Identifier: MIT
/*
 * thread_cancel.c: pthread_cancel ends a thread in a cancellation point (read, sleep, a condition
 * variable, waitpid) and, asynchronously, in a loop; its clean-up handlers and the destructors of
 * its keys run; a thread that disables cancellation goes on.
 */
#include "thread.h"

static volatile int cleaned, destroyed, disabled_done;
static pthread_key_t key;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static struct gate ready, closed;

static void clean(void *unused)
{
	(void)unused;
	cleaned++;
}

static void unlock(void *unused)
{
	(void)unused;
	pthread_mutex_unlock(&mutex);
}

static void destroy(void *value)
{
	destroyed += *(int *)value;
}

static void *blocks(void *how)
{
	static int one = 1;
	char byte;

	pthread_setspecific(key, &one);
	pthread_cleanup_push(clean, NULL);
	gate_give(ready);
	switch ((long)how) {
	case 0:
		(void)!read(closed.fd[0], &byte, 1);
		break;
	case 1:
		sleep(100);
		break;
	case 2:
		pthread_mutex_lock(&mutex);
		pthread_cleanup_push(unlock, NULL);
		for (;;)
			pthread_cond_wait(&never, &mutex);
		pthread_cleanup_pop(1);
		break;
	case 3:
		for (;;)
			if (waitpid(-1, NULL, 0) < 0)
				sleep_ms(1);
	case 4:
		pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
		for (;;)
			one = 1;
	}
	pthread_cleanup_pop(0);
	return NULL;
}

static void *refuses(void *unused)
{
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	gate_give(ready);
	sleep_ms(20);
	disabled_done = 1;
	return unused;
}

TEST()
{
	pthread_t thread;

	ready = gate_make();
	closed = gate_make();
	CHECK_EQ(pthread_key_create(&key, destroy), 0);
	for (long how = 0; how < 5; how++) {
		thread = thread_start(blocks, (void *)how);
		gate_wait(ready);
		if (how % 2)
			sleep_ms(5);
		CHECK_EQ(pthread_cancel(thread), 0);
		CHECK(thread_join(thread) == PTHREAD_CANCELED);
		CHECK_EQ(cleaned, how + 1);
		CHECK_EQ(destroyed, how + 1);
	}
	CHECK_EQ(pthread_mutex_trylock(&mutex), 0);
	thread = thread_start(refuses, NULL);
	gate_wait(ready);
	CHECK_EQ(pthread_cancel(thread), 0);
	CHECK(thread_join(thread) == NULL);
	CHECK_EQ(disabled_done, 1);
}

// SPDX-License-Identifier: MIT
/*
 * thread_many.c: Thousands of threads are made and joined, one after the other, many at a time, and
 * detached; their stacks and numbers come back.
 */
#include "thread.h"

#define AT_ONCE 200

static volatile int nr_run;

static void *runs(void *arg)
{
	__atomic_fetch_add(&nr_run, 1, __ATOMIC_SEQ_CST);
	return arg;
}

static int count_tasks(void)
{
	DIR *dir = opendir("/proc/self/task");
	int nr = 0;

	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		nr += e->d_name[0] != '.';
	closedir(dir);
	return nr;
}

TEST()
{
	pthread_t threads[AT_ONCE];
	pthread_attr_t detached;

	for (long i = 0; i < 1000; i++)
		CHECK_EQ((long)thread_join(thread_start(runs, (void *)i)), i);
	for (int round = 0; round < 5; round++) {
		for (long i = 0; i < AT_ONCE; i++)
			threads[i] = thread_start(runs, (void *)i);
		for (long i = 0; i < AT_ONCE; i++)
			CHECK_EQ((long)thread_join(threads[i]), i);
	}
	CHECK_EQ(nr_run, 2000);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (int i = 0; i < 500; i++) {
		pthread_t thread;

		while (pthread_create(&thread, &detached, runs, NULL) != 0)
			sched_yield();
		if (i % 50 == 0)
			WAIT_UNTIL(nr_run == 2001 + i);
	}
	WAIT_UNTIL(nr_run == 2500);
	WAIT_UNTIL(count_tasks() == 1);
}

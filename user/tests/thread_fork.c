// SPDX-License-Identifier: MIT
/*
 * thread_fork.c: fork by a thread, while others change the memory and map and unmap: the child has
 * one thread, with the caller's mask and thread-local variables, a consistent copy of each page, and
 * can make threads of its own; its parent is the process, whichever thread waits.
 */
#include "thread.h"

static volatile unsigned long *words;
static volatile bool stop;
static __thread int mine;

static void *changes(void *unused)
{
	for (unsigned long i = 1; !stop; i++)
		for (int k = 0; k < 64; k++)
			words[k] = i;
	return unused;
}

static void *maps(void *unused)
{
	while (!stop) {
		char *p = map_anon(20, PROT_READ | PROT_WRITE);

		for (int i = 0; i < 20; i++)
			p[i * PAGE] = 1;
		munmap(p, 20 * PAGE);
	}
	return unused;
}

static void *gives(void *arg)
{
	return arg;
}

static void *forks(void *last)
{
	mine = 5;
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork_child();

		if (pid == 0) {
			unsigned long copy = words[63];
			DIR *dir = opendir("/proc/self/task");
			int nr = 0;

			for (struct dirent *e; (e = readdir(dir)) != NULL;)
				nr += e->d_name[0] != '.';
			CHECK_EQ(nr, 1);
			CHECK_EQ(mine, 5);
			CHECK_EQ(my_tid(), getpid());
			CHECK(thread_join(thread_start(gives, &mine)) == &mine);
			CHECK_EQ(words[63], copy);
			CHECK(words[0] - words[63] <= 1);
			_exit(0);
		}
		if (i == 19 && last) {
			*(pid_t *)last = pid;
			break;
		}
		CHECK_EXITS(pid, 0);
	}
	return NULL;
}

TEST()
{
	pthread_t threads[4];
	pid_t pid = 0;

	words = (void *)map_anon(1, PROT_READ | PROT_WRITE);
	threads[0] = thread_start(changes, NULL);
	threads[1] = thread_start(maps, NULL);
	threads[2] = thread_start(forks, NULL);
	threads[3] = thread_start(forks, &pid);
	thread_join(threads[2]);
	thread_join(threads[3]);
	stop = true;
	thread_join(threads[0]);
	thread_join(threads[1]);
	CHECK_EXITS(pid, 0);
}

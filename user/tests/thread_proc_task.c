// SPDX-License-Identifier: MIT
/*
 * thread_proc_task.c: /proc/PID/task has a directory for each thread: comm is the thread's own name
 * (prctl, pthread_setname_np, writing to comm), stat and status show its number, state and the
 * process's; /proc/PID/status counts the threads; one that ended is gone.
 */
#include "thread.h"

#include <sys/prctl.h>

static struct gate ready, end;
static volatile pid_t tid;

static void *named(void *unused)
{
	CHECK_OK(prctl(PR_SET_NAME, "worker"));
	tid = my_tid();
	gate_give(ready);
	gate_wait(end);
	return unused;
}

static const char *task_file(const char *name, char *text, size_t size)
{
	char path[100];

	snprintf(path, sizeof(path), "/proc/self/task/%d/%s", tid, name);
	read_text(path, text, size);
	return text;
}

static bool lists(const char *dir, pid_t number)
{
	DIR *d = opendir(dir);
	bool found = false;

	CHECK(d != NULL);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		found |= atoi(e->d_name) == number;
	closedir(d);
	return found;
}

TEST()
{
	char text[4000], line[100], path[100];
	pthread_t thread;
	int fd;

	ready = gate_make();
	end = gate_make();
	thread = thread_start(named, NULL);
	gate_wait(ready);
	WAIT_UNTIL(thread_state(getpid(), tid) == 'S');
	CHECK_STR(task_file("comm", text, sizeof(text)), "worker\n");
	snprintf(line, sizeof(line), "%d (worker) S ", tid);
	CHECK(strncmp(task_file("stat", text, sizeof(text)), line, strlen(line)) == 0);
	task_file("status", text, sizeof(text));
	CHECK(strncmp(text, "Name:\tworker\n", 13) == 0);
	snprintf(line, sizeof(line), "\nTgid:\t%d\n", getpid());
	CHECK(strstr(text, line));
	snprintf(line, sizeof(line), "\nPid:\t%d\n", tid);
	CHECK(strstr(text, line));
	CHECK(strstr(text, "\nThreads:\t2\n"));
	snprintf(path, sizeof(path), "/proc/self/task/%d/comm", tid);
	fd = CHECK_OK(open(path, O_WRONLY));
	CHECK_EQ(write(fd, "renamed", 7), 7);
	close(fd);
	CHECK_STR(task_file("comm", text, sizeof(text)), "renamed\n");
	/* A thread can be found by its number, but does not stand in /proc. */
	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	read_text(path, text, sizeof(text));
	snprintf(line, sizeof(line), "\nPid:\t%d\n", tid);
	CHECK(strstr(text, line));
	CHECK(!lists("/proc", tid));
	CHECK(lists("/proc/self/task", tid));
	snprintf(path, sizeof(path), "/proc/%d/task", tid);
	CHECK(lists(path, getpid()));
	CHECK(lists(path, tid));
	gate_give(end);
	thread_join(thread);
	snprintf(path, sizeof(path), "/proc/self/task/%d", tid);
	WAIT_UNTIL(!exists(path));
	snprintf(path, sizeof(path), "/proc/%d", tid);
	CHECK(!exists(path));
}

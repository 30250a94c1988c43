// SPDX-License-Identifier: MIT
/*
 * thread_exec.c: execve by a thread that is not the first: the others are gone, the thread has the
 * process's number and /proc no longer knows its own, its name is the program's; so too if the
 * first thread has ended before.
 */
#include "thread.h"

#define NR 6

static struct gate never;
static volatile bool leader_exits;

static int after_exec(int argc, char **argv)
{
	int nr = 0;
	DIR *dir = opendir("/proc/self/task");

	char path[60];

	CHECK_EQ(argc, 2);
	CHECK_EQ(atoi(argv[0]), getpid());
	CHECK_EQ(my_tid(), getpid());
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		nr += e->d_name[0] != '.';
	CHECK_EQ(nr, 1);
	closedir(dir);
	snprintf(path, sizeof(path), "/proc/%s", argv[1]);
	CHECK(!exists(path));
	snprintf(path, sizeof(path), "/proc/self/task/%s", argv[1]);
	CHECK(!exists(path));
	return 9;
}
TEST_HELPER(after_exec)

static void *sleeper(void *how)
{
	unsigned word = 0;
	char byte;

	if ((long)how % 3 == 0)
		futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0);
	else if ((long)how % 3 == 1)
		(void)!read(never.fd[0], &byte, 1);
	else
		for (;;)
			word++;
	_exit(1);
}

static void *execs(void *self)
{
	char number[20], old_number[20], path[60];

	if (leader_exits)
		WAIT_UNTIL(thread_state(getpid(), getpid()) == 'Z');
	sprintf(number, "%d", getpid());
	sprintf(old_number, "%d", my_tid());
	snprintf(path, sizeof(path), "/proc/%d", my_tid());
	CHECK_OK(open(path, O_RDONLY | O_DIRECTORY));
	snprintf(path, sizeof(path), "/proc/self/task/%d", my_tid());
	CHECK_OK(open(path, O_RDONLY | O_DIRECTORY)); /* what is held cannot be forgotten */
	execl(self, self, "--helper", number, old_number, NULL);
	CHECK_FAILED("execl: %s", strerror(errno));
	return NULL;
}

TEST()
{
	pid_t pid;

	never = gate_make();
	for (int round = 0; round < 2; round++) {
		leader_exits = round;
		pid = fork_child();
		if (pid == 0) {
			for (long i = 0; i < NR; i++)
				thread_start(sleeper, (void *)i);
			thread_start(execs, (void *)test_self());
			if (leader_exits)
				syscall(SYS_exit, 2);
			sleeper((void *)1);
		}
		CHECK_EXITS(pid, 9);
	}
}

// SPDX-License-Identifier: MIT
/*
 * thread_stop_continue.c: SIGSTOP stops all threads of a process, whatever they do, and tells the
 * parent when all have stopped; SIGCONT lets all go on; SIGKILL ends a stopped one.
 */
#include "thread.h"

#define NR 4

static volatile unsigned long *counts;
static unsigned word;

static void *counter(void *arg)
{
	for (;;)
		counts[(long)arg]++;
	return NULL;
}

static void *sleeper(void *unused)
{
	for (;;)
		futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0);
	return unused;
}

static void check_states(pid_t pid, char wanted)
{
	char path[60];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	CHECK(dir != NULL);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		if (e->d_name[0] != '.')
			CHECK_EQ(thread_state(pid, atoi(e->d_name)), wanted);
	closedir(dir);
}

TEST()
{
	unsigned long seen[NR];
	int status;
	pid_t pid;

	counts = map_shared(1);
	pid = fork_child();
	if (pid == 0) {
		for (long i = 1; i < NR; i++)
			thread_start(counter, (void *)i);
		thread_start(sleeper, NULL);
		counter(NULL);
	}
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < NR; i++) {
			unsigned long before = counts[i];

			WAIT_UNTIL(counts[i] != before);
		}
		CHECK_OK(kill(pid, SIGSTOP));
		CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
		CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
		check_states(pid, 'T');
		memcpy(seen, (void *)counts, sizeof(seen));
		sleep_ms(5);
		for (int i = 0; i < NR; i++)
			CHECK_EQ(counts[i], seen[i]);
		if (round == 4)
			break;
		CHECK_OK(kill(pid, SIGCONT));
		CHECK_EQ(waitpid(pid, &status, WCONTINUED), pid);
		CHECK(WIFCONTINUED(status));
	}
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_KILLED(pid, SIGKILL);
}

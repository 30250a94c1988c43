// SPDX-License-Identifier: MIT
/*
 * exec_fails_whole.c: An execve(2) that finds no memory leaves the process as it is: its other threads
 * live. Where memory is there, nothing fails.
 *
 * With "--helper storm N" it tries N times, and says how many failed and how many of these killed
 * threads: for a kernel whose allocations fail by wish (allocfail=).
 */
#include "thread.h"

enum {
	REPLACED,
	FAILED,
	FAILED_AND_KILLED,
	NO_MEMORY_BEFORE,
	NR_ENDS
};

static char stacks[2][16 * PAGE] __attribute__((aligned(16)));
static volatile pid_t tid;

static int waits(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return 0;
}

static int waits_as_thread(void *unused)
{
	tid = my_tid();
	return waits(unused);
}

/* With a thread and a process that shares the handlers and a large table of descriptors. */
static int exec_once(void)
{
	const int as_thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
	char *argv[] = { "x", "--helper", "replaced", NULL };
	pid_t other;

	memset(stacks, 1, sizeof(stacks)); /* so that they need no memory any more */
	if (dup2(0, 1000) < 0 || clone(waits_as_thread, stacks[1], as_thread, NULL) < 0)
		return NO_MEMORY_BEFORE;
	other = clone(waits, stacks[1] + sizeof(stacks[1]),
		CLONE_VM | CLONE_FILES | CLONE_SIGHAND | SIGCHLD, NULL);
	while (!tid)
		sched_yield();
	execv("/proc/self/exe", argv);
	if (other > 0)
		kill(other, SIGKILL);
	if (other < 0 || errno != ENOMEM)
		return NO_MEMORY_BEFORE;
	return syscall(SYS_tgkill, getpid(), tid, 0) == 0 ? FAILED : FAILED_AND_KILLED;
}

static void storm(int nr, int *ends)
{
	int status;
	pid_t pid;

	while (nr--) {
		pid = fork();
		if (pid == 0) {
			setpgid(0, 0);
			_exit(exec_once());
		}
		if (pid < 0)
			ends[NO_MEMORY_BEFORE]++;
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			continue;
		kill(-pid, SIGKILL); /* who shared the descriptors */
		ends[WIFEXITED(status) && WEXITSTATUS(status) < NR_ENDS ? WEXITSTATUS(status)
									: NO_MEMORY_BEFORE]++;
	}
}

static int helper(int argc, char **argv)
{
	int ends[NR_ENDS] = { 0 };

	if (argc < 2)
		return 0;
	storm(atoi(argv[1]), ends);
	printf("%d failed, %d of them killed threads\n", ends[FAILED] + ends[FAILED_AND_KILLED],
		ends[FAILED_AND_KILLED]);
	return 0;
}

TEST_HELPER(helper)

TEST()
{
	int ends[NR_ENDS] = { 0 };

	storm(3, ends);
	CHECK_EQ(ends[REPLACED], 3);
}

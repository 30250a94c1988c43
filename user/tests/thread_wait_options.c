// SPDX-License-Identifier: MIT
/*
 * thread_wait_options.c: Any thread waits for a child of any other, but with __WNOTHREAD only for
 * its own; when the thread that made a child has ended, another one has it. __WCLONE is for children
 * that do not send SIGCHLD, __WALL for all.
 */
#include "thread.h"

static volatile pid_t child;
static struct gate made, end;

static void *makes_child(void *unused)
{
	child = fork_child();
	if (child == 0)
		_exit(3);
	gate_give(made);
	gate_wait(end);
	return unused;
}

TEST()
{
	pthread_t thread;
	siginfo_t info;
	int status;
	pid_t pid;

	made = gate_make();
	end = gate_make();
	thread = thread_start(makes_child, NULL);
	gate_wait(made);
	CHECK_ERR(waitpid(child, &status, __WNOTHREAD), ECHILD);
	CHECK_ERR(waitpid(-1, &status, __WNOTHREAD), ECHILD);
	CHECK_OK(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
	CHECK_EQ(info.si_status, 3);
	CHECK_ERR(waitid(P_ALL, 0, &info, WEXITED | __WNOTHREAD), ECHILD);
	CHECK_EQ(waitpid(-1, &status, 0), child);
	gate_give(end);
	thread_join(thread);

	thread = thread_start(makes_child, NULL);
	gate_wait(made);
	gate_give(end);
	thread_join(thread);
	WAIT_UNTIL(waitpid(child, &status, __WNOTHREAD) == child);

	pid = fork_child();
	if (pid == 0)
		_exit(0);
	CHECK_ERR(waitpid(-1, &status, __WCLONE), ECHILD);
	CHECK_EQ(waitpid(-1, &status, __WNOTHREAD), pid);
	pid = CHECK_OK(syscall(SYS_clone, 0, 0, 0, 0, 0));
	if (pid == 0)
		_exit(0);
	CHECK_ERR(waitpid(pid, &status, 0), ECHILD);
	CHECK_EQ(waitpid(-1, &status, __WCLONE), pid);
	pid = CHECK_OK(syscall(SYS_clone, 0, 0, 0, 0, 0));
	if (pid == 0)
		_exit(0);
	CHECK_EQ(waitpid(-1, &status, __WALL), pid);
}

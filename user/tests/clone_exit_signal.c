// SPDX-License-Identifier: MIT
/*
 * clone_exit_signal.c: the signal that clone(2) agrees on goes to the parent that agreed, when the
 * child dies. Others get SIGCHLD: who inherits the child, and a program that the parent became
 * meanwhile. So does the parent of a child that became another program itself.
 */
#include "test.h"

#include <sys/prctl.h>

#define AGREED SIGUSR1

static volatile sig_atomic_t got[65];

static void note(int signo)
{
	got[signo]++;
}

static pid_t clone_with(int exit_signal)
{
	return syscall(SYS_clone, exit_signal, NULL, NULL, NULL, NULL);
}

static void wait_any(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) < 0)
		CHECK_EQ(errno, EINTR);
	CHECK_EQ(status, 0);
}

static void forget(void)
{
	got[AGREED] = got[SIGCHLD] = 0;
}

static void parent_gets_it(void)
{
	pid_t pid;

	forget();
	pid = clone_with(AGREED);
	if (pid == 0)
		_exit(0);
	wait_any(pid);
	CHECK_EQ(got[AGREED], 1);
	CHECK_EQ(got[SIGCHLD], 0);
}

static void child_execs(void)
{
	pid_t pid;

	forget();
	pid = clone_with(AGREED);
	if (pid == 0) {
		execl(test_self(), "self", "--helper", NULL);
		_exit(9);
	}
	wait_any(pid);
	CHECK_EQ(got[AGREED], 0);
	CHECK_EQ(got[SIGCHLD], 1);
}

/* The parent goes first; we take its child. */
static void orphan(void)
{
	pid_t parent, me = getpid(), child;
	int pipes[2];

	forget();
	CHECK_OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	CHECK_OK(pipe(pipes));
	parent = fork_child();
	if (parent == 0) {
		child = clone_with(AGREED);
		if (child == 0) {
			while (getppid() != me)
				sleep_ms(2);
			_exit(0);
		}
		CHECK_EQ(write(pipes[1], &child, sizeof(child)), sizeof(child));
		_exit(0);
	}
	wait_any(parent);
	CHECK_EQ(read(pipes[0], &child, sizeof(child)), sizeof(child));
	wait_any(child);
	CHECK_EQ(got[AGREED], 0);
	CHECK(got[SIGCHLD] >= 1);
}

/* The parent becomes a program that is killed by the signal. */
static void parent_execs(void)
{
	pid_t parent = fork_child(), child;

	if (parent == 0) {
		int step[2];

		signal(AGREED, SIG_DFL);
		signal(SIGCHLD, SIG_DFL);
		CHECK_OK(pipe2(step, O_CLOEXEC));
		child = clone_with(AGREED);
		if (child == 0) {
			char c;

			close(step[1]);
			_exit(read(step[0], &c, 1)); /* until the exec */
		}
		execl(test_self(), "self", "--helper", "wait", NULL);
		_exit(9);
	}
	CHECK_EXITS(parent, 0);
}

static int helper(int argc, char **argv)
{
	int status = 0;

	(void)argv;
	if (argc > 0 && waitpid(-1, &status, __WALL) < 0)
		return 8;
	return status;
}
TEST_HELPER(helper)

TEST()
{
	signal(AGREED, note);
	signal(SIGCHLD, note);
	parent_gets_it();
	child_execs();
	orphan();
	parent_execs();
}

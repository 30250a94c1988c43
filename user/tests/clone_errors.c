// SPDX-License-Identifier: MIT
/*
 * clone_errors.c: clone: CLONE_THREAD without CLONE_SIGHAND and the like are EINVAL; a plain
 * SIGCHLD is fork; another exit signal is sent instead of SIGCHLD.
 */
#include "test.h"

static volatile int handled;

static void handler(int signo)
{
	handled = signo;
}

TEST()
{
	pid_t pid;

	EXPECT_ERR(syscall(SYS_clone, CLONE_THREAD | SIGCHLD, 0, 0, 0, 0), EINVAL);
	EXPECT_ERR(syscall(SYS_clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0), EINVAL);
	pid = CHECK_OK(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
	if (pid == 0)
		_exit(4);
	CHECK_EXITS(pid, 4);
	CHECK(signal(SIGUSR1, handler) != SIG_ERR);
	pid = CHECK_OK(syscall(SYS_clone, SIGUSR1, 0, 0, 0, 0));
	if (pid == 0)
		_exit(5);
	WAIT_UNTIL(handled == SIGUSR1);
	CHECK_EQ(waitpid(pid, NULL, __WALL), pid);
}

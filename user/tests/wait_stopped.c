// SPDX-License-Identifier: MIT
/*
 * wait_stopped.c: WUNTRACED reports a stop, WCONTINUED the going on; without them a stopped child
 * is not reported.
 */
#include "test.h"

TEST()
{
	pid_t pid = fork_child();
	int status;

	if (pid == 0)
		for (;;)
			pause();
	CHECK_OK(kill(pid, SIGSTOP));
	CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
	CHECK_EQ(WIFSTOPPED(status), 1);
	CHECK_EQ(WSTOPSIG(status), SIGSTOP);
	CHECK_EQ(waitpid(pid, &status, WUNTRACED | WNOHANG), 0);
	CHECK_OK(kill(pid, SIGCONT));
	CHECK_EQ(waitpid(pid, &status, WCONTINUED), pid);
	CHECK_EQ(WIFCONTINUED(status), 1);
	CHECK_OK(kill(pid, SIGTSTP));
	CHECK_EQ(waitpid(pid, &status, WNOHANG), 0);
	CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
	CHECK_EQ(WSTOPSIG(status), SIGTSTP);
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_KILLED(pid, SIGKILL);
}

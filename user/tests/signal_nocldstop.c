// SPDX-License-Identifier: MIT
/*
 * signal_nocldstop.c: With SA_NOCLDSTOP a stopping child sends no SIGCHLD; an ending one does.
 */
#include "test.h"

static volatile int handled;

static void handler(int signo)
{
	(void)signo;
	handled++;
}

TEST()
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_NOCLDSTOP | SA_RESTART };
	int status;
	pid_t pid;

	CHECK_OK(sigaction(SIGCHLD, &action, NULL));
	pid = fork_child();
	if (pid == 0)
		for (;;)
			pause();
	CHECK_OK(kill(pid, SIGSTOP));
	CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
	CHECK_EQ(handled, 0);
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_KILLED(pid, SIGKILL);
	CHECK_EQ(handled, 1);
}

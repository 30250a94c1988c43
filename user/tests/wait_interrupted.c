// SPDX-License-Identifier: MIT
/*
 * wait_interrupted.c: A signal ends wait4 with EINTR; with SA_RESTART it goes on.
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
	struct sigaction action = { .sa_handler = handler };
	struct itimerval soon = { { 0, 0 }, { 0, 20000 } };
	struct gate go = gate_make();
	pid_t pid = fork_child();

	if (pid == 0) {
		gate_wait(go);
		sleep_ms(60);
		_exit(3);
	}
	CHECK_OK(sigaction(SIGALRM, &action, NULL));
	CHECK_OK(setitimer(ITIMER_REAL, &soon, NULL));
	CHECK_ERR(waitpid(pid, NULL, 0), EINTR);
	CHECK_EQ(handled, 1);
	action.sa_flags = SA_RESTART;
	CHECK_OK(sigaction(SIGALRM, &action, NULL));
	CHECK_OK(setitimer(ITIMER_REAL, &soon, NULL));
	gate_give(go);
	CHECK_EXITS(pid, 3);
	CHECK_EQ(handled, 2);
}

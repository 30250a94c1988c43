// SPDX-License-Identifier: MIT
/*
 * signal_restart.c: SA_RESTART: a read of a pipe goes on after the handler; without it, EINTR; a
 * read that has bytes already gives those.
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
	int fds[2];
	char c;
	pid_t pid;

	CHECK_OK(pipe(fds));
	CHECK_OK(sigaction(SIGALRM, &action, NULL));
	CHECK_OK(setitimer(ITIMER_REAL, &soon, NULL));
	CHECK_ERR(read(fds[0], &c, 1), EINTR);
	CHECK_EQ(handled, 1);

	action.sa_flags = SA_RESTART;
	CHECK_OK(sigaction(SIGALRM, &action, NULL));
	pid = fork_child();
	if (pid == 0) {
		sleep_ms(80);
		gate_give((struct gate){ { fds[0], fds[1] } });
		child_done();
	}
	CHECK_OK(setitimer(ITIMER_REAL, &soon, NULL));
	CHECK_EQ(read(fds[0], &c, 1), 1);
	CHECK_EQ(handled, 2);
	CHECK_EXITS(pid, 0);
}

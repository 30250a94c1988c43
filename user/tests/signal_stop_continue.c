// SPDX-License-Identifier: MIT
/*
 * signal_stop_continue.c: SIGSTOP halts a running process, SIGCONT lets it go on, also when it is
 * ignored or caught; SIGKILL kills a stopped one.
 */
#include "test.h"

static volatile int *counter;

static void handler(int signo)
{
	(void)signo;
	counter[1]++;
}

TEST()
{
	int frozen, status;
	pid_t pid;

	counter = map_shared(1);
	pid = fork_child();
	if (pid == 0) {
		signal(SIGCONT, handler);
		for (;;)
			counter[0]++;
	}
	WAIT_UNTIL(counter[0] > 0);
	CHECK_OK(kill(pid, SIGSTOP));
	CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
	frozen = counter[0];
	sleep_ms(20);
	CHECK_EQ(counter[0], frozen);
	CHECK_OK(kill(pid, SIGUSR1)); /* waits until it goes on, and then kills */
	sleep_ms(10);
	CHECK_EQ(counter[0], frozen);
	CHECK_OK(kill(pid, SIGCONT));
	CHECK_KILLED(pid, SIGUSR1);

	pid = fork_child();
	if (pid == 0) {
		signal(SIGCONT, handler);
		for (;;)
			pause();
	}
	sleep_ms(10);
	CHECK_OK(kill(pid, SIGSTOP));
	CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
	CHECK_OK(kill(pid, SIGCONT));
	WAIT_UNTIL(counter[1] > 0);
	CHECK_OK(kill(pid, SIGSTOP));
	CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_KILLED(pid, SIGKILL);
}

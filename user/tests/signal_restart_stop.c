// SPDX-License-Identifier: MIT
/*
 * signal_restart_stop.c: A stop and SIGCONT do not interrupt: the read goes on, without any
 * handler.
 */
#include "test.h"

TEST()
{
	int fds[2];
	char c;
	pid_t pid;

	CHECK_OK(pipe(fds));
	pid = fork_child();
	if (pid == 0) {
		CHECK_EQ(read(fds[0], &c, 1), 1);
		child_done();
	}
	sleep_ms(10);
	CHECK_OK(kill(pid, SIGSTOP));
	CHECK_EQ(waitpid(pid, NULL, WUNTRACED), pid);
	CHECK_OK(kill(pid, SIGCONT));
	sleep_ms(10);
	CHECK_EQ(write(fds[1], "x", 1), 1);
	CHECK_EXITS(pid, 0);
}

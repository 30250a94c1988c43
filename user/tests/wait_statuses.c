// SPDX-License-Identifier: MIT
/*
 * wait_statuses.c: wait4 tells exit codes (modulo 256), killing signals, and fills in the child's
 * resource usage.
 */
#include "test.h"

TEST()
{
	static const int codes[] = { 0, 1, 42, 127, 255, 256, -1 };
	static const int signals[] = { SIGTERM, SIGKILL, SIGUSR1, SIGALRM, SIGHUP };
	struct rusage usage;
	int status;
	pid_t pid;

	for (size_t i = 0; i < NR_ITEMS(codes); i++) {
		pid = fork_child();
		if (pid == 0)
			_exit(codes[i]);
		CHECK_EXITS(pid, codes[i] & 255);
	}
	for (size_t i = 0; i < NR_ITEMS(signals); i++) {
		pid = fork_child();
		if (pid == 0)
			for (;;)
				pause();
		CHECK_OK(kill(pid, signals[i]));
		CHECK_KILLED(pid, signals[i]);
	}
	pid = fork_child();
	if (pid == 0)
		_exit(5);
	CHECK_EQ(wait4(pid, &status, 0, &usage), pid);
	CHECK_EQ(usage.ru_minflt > 0, 1);
	CHECK_ERR(wait4(pid, &status, 0, NULL), ECHILD);
	CHECK_ERR(wait4(-1, NULL, 0, NULL), ECHILD);
	CHECK_ERR(wait4(1, NULL, 0, NULL), ECHILD);
	CHECK_ERR(wait4(-1, NULL, 0x40, NULL), EINVAL);
}

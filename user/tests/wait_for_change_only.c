// SPDX-License-Identifier: MIT
/*
 * wait_for_change_only.c: waitid(2) without WEXITED waits for children that can still stop or go
 * on: when there are only dead ones it fails with ECHILD, also if the last one dies meanwhile.
 */
#include "test.h"

static void check_waits_for_nobody(pid_t pid)
{
	siginfo_t info;

	EXPECT_ERR(waitid(P_PID, pid, &info, WSTOPPED), ECHILD);
	EXPECT_ERR(waitid(P_ALL, 0, &info, WSTOPPED), ECHILD);
	EXPECT_ERR(waitid(P_ALL, 0, &info, WCONTINUED), ECHILD);
	EXPECT_ERR(waitid(P_ALL, 0, &info, WSTOPPED | WNOHANG), ECHILD);
}

TEST()
{
	siginfo_t info;
	pid_t pid = fork_child();

	if (pid == 0) {
		sleep_ms(100);
		_exit(3);
	}
	EXPECT_ERR(waitid(P_ALL, 0, &info, WSTOPPED), ECHILD); /* it dies while we wait */
	check_waits_for_nobody(pid);
	CHECK_EXITS(pid, 3);
}

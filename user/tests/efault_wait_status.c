// SPDX-License-Identifier: MIT
/*
 * efault_wait_status.c: wait4 with a bad status pointer: EFAULT, and the child is not seen again or
 * is still to be waited for, but nothing hangs.
 */
#include "test.h"

TEST()
{
	pid_t pid = fork_child();

	if (pid == 0)
		_exit(3);
	CHECK_ERR(syscall(SYS_wait4, pid, 0x800000000000, 0, 0), EFAULT);
	CHECK_ERR(waitpid(pid, NULL, 0), ECHILD);
}

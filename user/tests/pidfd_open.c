// SPDX-License-Identifier: MIT
/*
 * pidfd_open.c: a pidfd is closed by exec, becomes readable when its process dies, and waitid(P_PIDFD)
 * waits for just that; EINVAL, ESRCH, EBADF, and EAGAIN with PIDFD_NONBLOCK.
 */
#include "pidfd.h"

TEST()
{
	struct gate end = gate_make();
	struct pollfd poll_fd;
	siginfo_t info;
	int fd, nonblock;
	pid_t pid = fork_child();

	if (pid == 0) {
		gate_wait(end);
		_exit(7);
	}
	fd = CHECK_OK(pidfd_open(pid, 0));
	nonblock = CHECK_OK(pidfd_open(pid, O_NONBLOCK));
	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_ERR(pidfd_open(pid, 1), EINVAL);
	EXPECT_ERR(pidfd_open(0, 0), EINVAL);
	EXPECT_ERR(pidfd_open(-1, 0), EINVAL);
	EXPECT_ERR(pidfd_open(0x3fffffff, 0), ESRCH);

	poll_fd = (struct pollfd){ .fd = fd, .events = POLLIN };
	CHECK_EQ(poll(&poll_fd, 1, 0), 0);
	EXPECT_EQ(waitid(PIDFD_PROCESS, fd, &info, WEXITED | WNOHANG), 0);
	EXPECT_ERR(waitid(PIDFD_PROCESS, nonblock, &info, WEXITED), EAGAIN);
	EXPECT_ERR(waitid(PIDFD_PROCESS, 0, &info, WEXITED), EBADF);
	EXPECT_ERR(waitid(PIDFD_PROCESS, 999, &info, WEXITED), EBADF);
	EXPECT_ERR(waitid(PIDFD_PROCESS, -1, &info, WEXITED), EINVAL);
	gate_give(end);
	CHECK_EQ(poll(&poll_fd, 1, -1), 1);
	CHECK_EQ(poll_fd.revents & POLLIN, POLLIN);
	CHECK_OK(waitid(PIDFD_PROCESS, fd, &info, WEXITED));
	CHECK_EQ(info.si_pid, pid);
	CHECK_EQ(info.si_code, CLD_EXITED);
	CHECK_EQ(info.si_status, 7);
	EXPECT_ERR(waitid(PIDFD_PROCESS, fd, &info, WEXITED), ECHILD);
	CHECK_EQ(poll(&poll_fd, 1, 0), 1);
}

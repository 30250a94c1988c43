// SPDX-License-Identifier: MIT
/*
 * clone_pidfd.c: CLONE_PIDFD gives the parent a descriptor of the child, closed by exec, that the
 * child does not have; EINVAL with CLONE_PARENT_SETTID, EFAULT for a bad place, and then no child.
 */
#include "pidfd.h"

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

static long clone_with(unsigned long flags, void *where)
{
	return syscall(SYS_clone, flags | SIGCHLD, NULL, where, NULL, NULL);
}

TEST()
{
	struct gate end = gate_make();
	struct pollfd poll_fd = { .events = POLLIN };
	siginfo_t info;
	int fd = -1;
	long pid;

	EXPECT_ERR(clone_with(CLONE_PIDFD | CLONE_PARENT_SETTID, &fd), EINVAL);
	EXPECT_ERR(clone_with(CLONE_PIDFD, (void *)8), EFAULT);
	EXPECT_ERR(waitpid(-1, NULL, WNOHANG), ECHILD);
	pid = CHECK_OK(clone_with(CLONE_PIDFD, &fd));
	if (pid == 0) {
		gate_wait(end);
		_exit(fcntl(fd, F_GETFD) < 0 && errno == EBADF ? 5 : 6);
	}
	CHECK(fd >= 0);
	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	poll_fd.fd = fd;
	CHECK_EQ(poll(&poll_fd, 1, 0), 0);
	CHECK_OK(pidfd_send_signal(fd, 0, NULL, 0));
	gate_give(end);
	CHECK_EQ(poll(&poll_fd, 1, -1), 1);
	CHECK_OK(waitid(PIDFD_PROCESS, fd, &info, WEXITED));
	CHECK_EQ(info.si_pid, pid);
	CHECK_EQ(info.si_status, 5);
}

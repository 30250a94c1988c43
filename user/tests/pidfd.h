/* SPDX-License-Identifier: MIT */
/* pidfd.h: system calls on descriptors of processes, for which musl has no functions. */
#ifndef PIDFD_H
#define PIDFD_H

#include "residence.h"

#define PIDFD_PROCESS 3 /* P_PIDFD of waitid(2) */

TEST_HELPER_FN int pidfd_open(pid_t pid, unsigned flags)
{
	return syscall(434, pid, flags);
}

TEST_HELPER_FN int pidfd_send_signal(int fd, int signo, siginfo_t *info, unsigned flags)
{
	return syscall(424, fd, signo, info, flags);
}

TEST_HELPER_FN ssize_t process_madvise(
	int fd, const struct iovec *vec, size_t count, int advice, unsigned flags)
{
	return syscall(440, fd, vec, count, advice, flags);
}

#endif

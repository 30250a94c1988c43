// SPDX-License-Identifier: MIT
/*
 * close_range_unshare.c: close_range(2) with CLOSE_RANGE_UNSHARE: the descriptors are closed in a
 * table of the caller's own, whoever shared the old one keeps it; without the flag they are closed
 * for all.
 */
#include "thread.h"

#include <linux/close_range.h>

static int fd;

static void *closes(void *flags)
{
	CHECK_OK(syscall(SYS_close_range, fd, fd, *(unsigned *)flags));
	if (*(unsigned *)flags & CLOSE_RANGE_CLOEXEC)
		CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	else
		CHECK_ERR(fcntl(fd, F_GETFD), EBADF);
	return flags;
}

TEST()
{
	unsigned flags = CLOSE_RANGE_UNSHARE;

	fd = CHECK_OK(open("/", O_RDONLY));
	thread_join(thread_start(closes, &flags));
	CHECK_EQ(fcntl(fd, F_GETFD), 0);
	flags = CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC;
	thread_join(thread_start(closes, &flags));
	CHECK_EQ(fcntl(fd, F_GETFD), 0);
	flags = CLOSE_RANGE_CLOEXEC;
	thread_join(thread_start(closes, &flags));
	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	flags = 0;
	thread_join(thread_start(closes, &flags));
	CHECK_ERR(fcntl(fd, F_GETFD), EBADF);
}

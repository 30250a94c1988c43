// SPDX-License-Identifier: MIT
/*
 * dup_shares_offset.c: dup, dup2, dup3 and F_DUPFD share the open file (offset, flags) but not
 * FD_CLOEXEC; the errors.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 100), other, third;
	char c;

	other = CHECK_OK(dup(fd));
	CHECK_EQ(read(fd, &c, 1), 1);
	CHECK_EQ(lseek(other, 0, SEEK_CUR), 1);
	CHECK_OK(fcntl(fd, F_SETFL, O_APPEND));
	CHECK_EQ(fcntl(other, F_GETFL) & O_APPEND, O_APPEND);
	CHECK_OK(fcntl(fd, F_SETFD, FD_CLOEXEC));
	CHECK_EQ(fcntl(other, F_GETFD), 0);

	third = CHECK_OK(dup2(fd, 50));
	CHECK_EQ(third, 50);
	CHECK_EQ(fcntl(50, F_GETFD), 0);
	CHECK_EQ(dup2(fd, fd), fd);
	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(dup3(fd, 51, O_CLOEXEC), 51);
	CHECK_EQ(fcntl(51, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(fd, F_DUPFD, 60), 60);
	CHECK_EQ(fcntl(fd, F_DUPFD, 60), 61);
	CHECK_EQ(fcntl(fd, F_DUPFD_CLOEXEC, 60), 62);
	CHECK_EQ(fcntl(62, F_GETFD), FD_CLOEXEC);
	CHECK_OK(close(fd));
	CHECK_EQ(read(other, &c, 1), 1);
	EXPECT_ERR(dup(99), EBADF);
	EXPECT_ERR(dup2(99, 5), EBADF);
	EXPECT_ERR(dup2(other, -1), EBADF);
	EXPECT_ERR(dup3(other, other, 0), EINVAL);
	EXPECT_ERR(syscall(SYS_dup3, other, 70, O_APPEND), EINVAL);
	EXPECT_ERR(fcntl(99, F_GETFD), EBADF);
	EXPECT_ERR(fcntl(other, 9999), EINVAL);
}

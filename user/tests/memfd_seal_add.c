// SPDX-License-Identifier: MIT
/*
 * memfd_seal_add.c: F_ADD_SEALS and F_GET_SEALS: seals only grow; EPERM after F_SEAL_SEAL (with which
 * a file without MFD_ALLOW_SEALING is born) and on a descriptor that is not open for writing; EINVAL
 * for unknown seals and for files that cannot have any.
 */
#include "seals.h"

TEST()
{
	int fd = make_memfd(1), pipe_fd[2], reader;
	char link[40];

	CHECK_EQ(fcntl(fd, F_GET_SEALS), 0);
	EXPECT_ERR(fcntl(fd, F_ADD_SEALS, 0x8000), EINVAL);
	seal(fd, F_SEAL_SHRINK);
	CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK);
	seal(fd, F_SEAL_GROW);
	CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW);
	seal(fd, F_SEAL_GROW); /* again is no mistake */
	sprintf(link, "/proc/self/fd/%d", fd);
	reader = CHECK_OK(open(link, O_RDONLY));
	EXPECT_ERR(fcntl(reader, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
	EXPECT_EQ(fcntl(reader, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW);
	seal(fd, F_SEAL_SEAL);
	EXPECT_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
	EXPECT_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW);

	fd = CHECK_OK(memfd_create("unsealable", 0));
	EXPECT_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SEAL);
	EXPECT_ERR(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), EPERM);
	CHECK_OK(pipe(pipe_fd));
	EXPECT_ERR(fcntl(pipe_fd[1], F_GET_SEALS), EINVAL);
	EXPECT_ERR(fcntl(pipe_fd[1], F_ADD_SEALS, F_SEAL_GROW), EINVAL);
	EXPECT_ERR(fcntl(pipe_fd[0], F_ADD_SEALS, F_SEAL_GROW), EPERM);
	CHECK_OK(close(fd));
	EXPECT_ERR(fcntl(fd, F_GET_SEALS), EBADF);
}

// SPDX-License-Identifier: MIT
/*
 * memfd_seal_size.c: F_SEAL_SHRINK forbids a smaller size (ftruncate, O_TRUNC), F_SEAL_GROW a larger
 * one (ftruncate, write behind the end, fallocate): EPERM; what stays within is written.
 */
#include "seals.h"

TEST()
{
	char buffer[3 * PAGE] = { 0 };
	int fd = make_memfd(4);
	struct stat st;
	char name[32];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	seal(fd, F_SEAL_SHRINK);
	EXPECT_ERR(ftruncate(fd, 3 * PAGE), EPERM);
	EXPECT_ERR(open(name, O_RDWR | O_TRUNC), EPERM);
	EXPECT_ERR(open(name, O_RDONLY | O_TRUNC), EPERM);
	CHECK_OK(close(CHECK_OK(open(name, O_RDWR))));
	CHECK_OK(ftruncate(fd, 4 * PAGE));
	CHECK_OK(ftruncate(fd, 5 * PAGE));
	CHECK_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE));

	seal(fd, F_SEAL_GROW);
	EXPECT_ERR(ftruncate(fd, 6 * PAGE), EPERM);
	EXPECT_ERR(fallocate(fd, 0, 4 * PAGE, 2 * PAGE), EPERM);
	EXPECT_ERR(fallocate(fd, FALLOC_FL_KEEP_SIZE, 4 * PAGE, 2 * PAGE), EPERM);
	EXPECT_EQ(fallocate(fd, 0, 0, 5 * PAGE), 0);
	EXPECT_EQ(fallocate(fd, 0, 0, PAGE), 0);
	EXPECT_ERR(pwrite(fd, "x", 1, 5 * PAGE), EPERM);
	EXPECT_EQ(pwrite(fd, "xx", 2, 5 * PAGE - 1), 1);
	EXPECT_EQ(pwrite(fd, "x", 1, 5 * PAGE - 1), 1);
	EXPECT_EQ(pwrite(fd, buffer, sizeof(buffer), 3 * PAGE), 2 * PAGE);
	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_size, 5 * PAGE);
}

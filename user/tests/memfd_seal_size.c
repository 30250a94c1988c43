// SPDX-License-Identifier: MIT
/*
 * memfd_seal_size.c: F_SEAL_SHRINK forbids a smaller size, F_SEAL_GROW a larger one (ftruncate,
 * write behind the end, fallocate): EPERM; what stays within is written.
 */
#include "seals.h"

TEST()
{
	char buffer[3 * PAGE] = { 0 };
	int fd = make_memfd(4);
	struct stat st;

	seal(fd, F_SEAL_SHRINK);
	EXPECT_ERR(ftruncate(fd, 3 * PAGE), EPERM);
	CHECK_OK(ftruncate(fd, 4 * PAGE));
	CHECK_OK(ftruncate(fd, 5 * PAGE));
	CHECK_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE));

	seal(fd, F_SEAL_GROW);
	EXPECT_ERR(ftruncate(fd, 6 * PAGE), EPERM);
	EXPECT_ERR(fallocate(fd, 0, 4 * PAGE, 2 * PAGE), EPERM);
	EXPECT_ERR(fallocate(fd, FALLOC_FL_KEEP_SIZE, 4 * PAGE, 2 * PAGE), EPERM);
	EXPECT_EQ(fallocate(fd, 0, 0, 5 * PAGE), 0);
	EXPECT_ERR(pwrite(fd, "x", 1, 5 * PAGE), EPERM);
	EXPECT_EQ(pwrite(fd, "xx", 2, 5 * PAGE - 1), 1);
	EXPECT_EQ(pwrite(fd, "x", 1, 5 * PAGE - 1), 1);
	EXPECT_EQ(pwrite(fd, buffer, sizeof(buffer), 3 * PAGE), 2 * PAGE);
	CHECK_OK(fstat(fd, &st));
	CHECK_EQ(st.st_size, 5 * PAGE);
}

// SPDX-License-Identifier: MIT
/*
 * open_mode_is_checked.c: A descriptor does only what it was opened for: reading O_WRONLY and
 * writing O_RDONLY are EBADF.
 */
#include "test.h"

TEST_IN_DIR()
{
	int rd, wr;
	char c;

	put_file("a", "abc");
	rd = CHECK_OK(open("a", O_RDONLY));
	wr = CHECK_OK(open("a", O_WRONLY));
	EXPECT_ERR(write(rd, "x", 1), EBADF);
	EXPECT_ERR(pwrite(rd, "x", 1, 0), EBADF);
	EXPECT_ERR(read(wr, &c, 1), EBADF);
	EXPECT_ERR(pread(wr, &c, 1, 0), EBADF);
	EXPECT_ERR(ftruncate(rd, 0), EINVAL);
	EXPECT_ERR(read(-1, &c, 1), EBADF);
	EXPECT_ERR(write(99, &c, 1), EBADF);
	EXPECT_ERR(lseek(99, 0, SEEK_SET), EBADF);
	EXPECT_EQ(fcntl(rd, F_GETFL) & O_ACCMODE, O_RDONLY);
	EXPECT_EQ(fcntl(wr, F_GETFL) & O_ACCMODE, O_WRONLY);
	CHECK_FILE("a", "abc");
}

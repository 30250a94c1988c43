// SPDX-License-Identifier: MIT
/*
 * read_write_vectors.c: readv and writev: all pieces in order, empty ones too, one offset; the
 * limits EINVAL and EBADF.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = CHECK_OK(open("a", O_RDWR | O_CREAT, 0600));
	char one[3], two[5], three[9];
	struct iovec out[] = { { "abc", 3 }, { NULL, 0 }, { "defgh", 5 }, { "ij", 2 } };
	struct iovec in[] = { { one, 3 }, { two, 5 }, { three, 9 } };

	CHECK_EQ(writev(fd, out, 4), 10);
	CHECK_FILE("a", "abcdefghij");
	CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
	CHECK_EQ(readv(fd, in, 3), 10);
	CHECK_MEM(one, "abc", 3);
	CHECK_MEM(two, "defgh", 5);
	CHECK_MEM(three, "ij", 2);
	CHECK_EQ(readv(fd, in, 3), 0);
	CHECK_EQ(writev(fd, out, 0), 0);
	EXPECT_ERR(writev(fd, out, -1), EINVAL);
	EXPECT_ERR(writev(fd, out, 1025), EINVAL);
	EXPECT_ERR(writev(99, out, 1), EBADF);
	out[0].iov_len = -1;
	EXPECT_ERR(writev(fd, out, 1), EINVAL);
}

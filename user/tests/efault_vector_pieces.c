// SPDX-License-Identifier: MIT
/*
 * efault_vector_pieces.c: readv and writev with a bad piece: what lies before it is done and
 * counted; a bad first piece is EFAULT. A pipe takes all of so few bytes or nothing.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 100), pipes[2], left;
	char first[10];
	char *bad = map_anon(1, PROT_NONE);
	struct iovec vector[2] = { { first, 10 }, { bad, 10 } };
	ssize_t got;

	got = readv(fd, vector, 2);
	CHECK(got == 10);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 10);
	for (int i = 0; i < 10; i++)
		CHECK_EQ((unsigned char)first[i], pattern_byte(i));
	vector[0].iov_base = bad;
	CHECK_ERR(readv(fd, vector, 2), EFAULT);
	CHECK_ERR(writev(fd, vector, 2), EFAULT);
	CHECK_OK(pipe(pipes));
	CHECK_ERR(writev(pipes[1], vector, 2), EFAULT);
	vector[0].iov_base = first;
	CHECK_ERR(writev(pipes[1], vector, 2), EFAULT);
	CHECK_OK(ioctl(pipes[0], FIONREAD, &left));
	CHECK_EQ(left, 0);
}

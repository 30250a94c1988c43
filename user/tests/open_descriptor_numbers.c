// SPDX-License-Identifier: MIT
/*
 * open_descriptor_numbers.c: open gives the lowest free number; closing twice is EBADF;
 * RLIMIT_NOFILE bounds the numbers with EMFILE.
 */
#include "test.h"

TEST()
{
	int a = CHECK_OK(open("/dev/null", O_RDONLY)), b = CHECK_OK(open("/dev/null", O_RDONLY));
	struct rlimit limit;
	int count = 0;

	CHECK_EQ(b > a, 1);
	CHECK_OK(close(a));
	CHECK_ERR(close(a), EBADF);
	CHECK_EQ(open("/dev/null", O_RDONLY), a);
	CHECK_OK(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = 40;
	CHECK_OK(setrlimit(RLIMIT_NOFILE, &limit));
	while (open("/dev/null", O_RDONLY) >= 0)
		count++;
	CHECK_EQ(errno, EMFILE);
	CHECK_EQ(count > 20 && count < 40, 1);
	CHECK_ERR(dup(a), EMFILE);
	CHECK_ERR(dup2(a, 40), EBADF);
	CHECK_ERR(fcntl(a, F_DUPFD, 40), EINVAL);
	CHECK_ERR(close(-1), EBADF);
	CHECK_ERR(close(1000000), EBADF);
}

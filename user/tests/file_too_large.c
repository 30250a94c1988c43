// SPDX-License-Identifier: MIT
/*
 * file_too_large.c: Writing beyond the largest file is EFBIG; RLIMIT_FSIZE sends SIGXFSZ and EFBIG,
 * after a partial write up to it.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = CHECK_OK(open("a", O_RDWR | O_CREAT, 0600));
	struct rlimit limit = { 1000, 1000 };
	char block[600];
	struct statfs fs;
	pid_t pid;

	CHECK_OK(statfs(".", &fs));
	if (fs.f_type != 0x01021994) /* tmpfs knows no limit */
		EXPECT_ERR(pwrite(fd, "x", 1, 0x7ffffffffffffff0), EFBIG);
	EXPECT_ERR(ftruncate(fd, -1), EINVAL);
	CHECK_EQ(stat_of("a").st_size, 0);

	memset(block, 'b', sizeof(block));
	pid = fork_child();
	if (pid == 0) {
		CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
		CHECK_OK(setrlimit(RLIMIT_FSIZE, &limit));
		CHECK_EQ(write(fd, block, 600), 600);
		CHECK_EQ(write(fd, block, 600), 400);
		CHECK_ERR(write(fd, block, 600), EFBIG);
		CHECK_ERR(ftruncate(fd, 2000), EFBIG);
		CHECK_OK(ftruncate(fd, 500));
		CHECK(signal(SIGXFSZ, SIG_DFL) != SIG_ERR);
		pwrite(fd, block, 1, 1000);
		child_done();
	}
	CHECK_KILLED(pid, SIGXFSZ);
	CHECK_EQ(stat_of("a").st_size, 500);
}

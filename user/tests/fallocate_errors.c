// SPDX-License-Identifier: MIT
/*
 * fallocate_errors.c: fallocate: EBADF, EINVAL, EFBIG, ESPIPE, ENODEV, EOPNOTSUPP as the manual page
 * says; a failed one changes nothing.
 */
#include "test.h"

#define COLLAPSE 0x08
#define ZERO     0x10
#define INSERT   0x20

TEST_IN_DIR()
{
	int fd = make_file("a", 2 * PAGE), rd = CHECK_OK(open("a", O_RDONLY)), pipe_fd[2];
	int keep = FALLOC_FL_KEEP_SIZE, punch = FALLOC_FL_PUNCH_HOLE;
	int null = CHECK_OK(open("/dev/null", O_WRONLY));
	struct rlimit limit = { 3 * PAGE, 3 * PAGE };
	pid_t pid;

	CHECK_OK(pipe(pipe_fd));
	EXPECT_ERR(fallocate(-1, 0, 0, 1), EBADF);
	EXPECT_ERR(fallocate(rd, 0, 0, 1), EBADF);
	EXPECT_ERR(fallocate(fd, 0, -1, 1), EINVAL);
	EXPECT_ERR(fallocate(fd, 0, 0, 0), EINVAL);
	EXPECT_ERR(fallocate(fd, 0, 0, -1), EINVAL);
	EXPECT_ERR(fallocate(fd, 0, 0x7fffffffffffffff, 1), EFBIG);
	EXPECT_ERR(fallocate(pipe_fd[1], 0, 0, 1), ESPIPE);
	EXPECT_ERR(fallocate(null, 0, 0, 1), ENODEV);
	EXPECT_ERR(fallocate(CHECK_OK(open(".", O_RDONLY)), 0, 0, 1), EBADF);
	EXPECT_ERR(fallocate(fd, 0x4000, 0, 1), EOPNOTSUPP);
	EXPECT_ERR(fallocate(fd, punch, 0, 1), EOPNOTSUPP);
	EXPECT_ERR(fallocate(fd, punch | keep | ZERO, 0, 1), EOPNOTSUPP);
	/* Since 6.13 EOPNOTSUPP. */
	EXPECT_EQ(fallocate(fd, COLLAPSE | keep, 0, PAGE), -1);
	EXPECT_EQ(errno == EINVAL || errno == EOPNOTSUPP, true);
	EXPECT_EQ(fallocate(fd, INSERT | keep, 0, PAGE), -1);
	EXPECT_EQ(errno == EINVAL || errno == EOPNOTSUPP, true);
	if (on_vellum()) { /* some of Linux's filesystems can do these */
		EXPECT_ERR(fallocate(fd, COLLAPSE, 0, PAGE), EOPNOTSUPP);
		EXPECT_ERR(fallocate(fd, INSERT, 0, PAGE), EOPNOTSUPP);
		EXPECT_ERR(fallocate(fd, ZERO, 0, PAGE), EOPNOTSUPP);
		EXPECT_ERR(fallocate(fd, ZERO | keep, 0, PAGE), EOPNOTSUPP);
	}
	pid = fork_child();
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		CHECK_OK(setrlimit(RLIMIT_FSIZE, &limit));
		EXPECT_ERR(fallocate(fd, 0, 0, 4 * PAGE), EFBIG);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(stat_of("a").st_size, 2 * PAGE);
}

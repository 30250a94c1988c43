// SPDX-License-Identifier: MIT
/*
 * truncate_errors.c: truncate and ftruncate: EINVAL, EBADF, EFBIG, EISDIR, ENOENT, ENOTDIR, EFAULT,
 * EACCES, ELOOP, ENAMETOOLONG as the manual page says; the file stays as it was. (ETXTBSY:
 * exec_text_busy.c; EPERM: memfd_seal_size.c; EROFS: mount_tmpfs.c)
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE), rd = CHECK_OK(open("a", O_RDONLY)), pipe_fd[2];
	struct rlimit limit = { 2 * PAGE, 2 * PAGE };
	char name[NAME_MAX + 2] = "";
	pid_t pid;

	CHECK_OK(pipe(pipe_fd));
	EXPECT_ERR(ftruncate(-1, 0), EBADF);
	EXPECT_ERR(ftruncate(fd, -1), EINVAL);
	EXPECT_ERR(ftruncate(rd, 0), EINVAL);
	EXPECT_ERR(ftruncate(pipe_fd[1], 0), EINVAL);
	if (ftruncate(fd, 0x7fffffffffffffff) < 0)
		EXPECT_EQ(errno, EFBIG);
	else
		CHECK_OK(ftruncate(fd, PAGE)); /* Linux's tmpfs has no other limit */
	EXPECT_ERR(truncate("a", -1), EINVAL);
	EXPECT_ERR(truncate(".", 0), EISDIR);
	EXPECT_ERR(truncate("none", 0), ENOENT);
	EXPECT_ERR(truncate("a/b", 0), ENOTDIR);
	EXPECT_ERR(truncate("", 0), ENOENT);
	EXPECT_ERR(truncate((void *)8, 0), EFAULT);
	CHECK_OK(symlink("circle", "circle"));
	EXPECT_ERR(truncate("circle", 0), ELOOP);
	memset(name, 'n', sizeof(name) - 1);
	EXPECT_ERR(truncate(name, 0), ENAMETOOLONG);
	EXPECT_ERR(ftruncate(CHECK_OK(open(".", O_RDONLY)), 0), EINVAL);
	EXPECT_ERR(ftruncate(CHECK_OK(open("/dev/null", O_RDWR)), 0), EINVAL);
	EXPECT_ERR(ftruncate(CHECK_OK(open("a", O_PATH)), 0), EBADF);
	pid = fork_child();
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		CHECK_OK(setrlimit(RLIMIT_FSIZE, &limit));
		EXPECT_ERR(ftruncate(fd, 3 * PAGE), EFBIG);
		child_done();
	}
	CHECK_EXITS(pid, 0);

	if (geteuid() == 0) {
		pid = fork_child();
		if (pid == 0) {
			CHECK_OK(mkdir("closed", 0700));
			CHECK_OK(close(make_file("closed/a", PAGE)));
			CHECK_OK(chmod("closed/a", 0666));
			become_other();
			EXPECT_ERR(truncate("a", 0), EACCES);
			EXPECT_ERR(truncate("closed/a", 0), EACCES);
			child_done();
		}
		CHECK_EXITS(pid, 0);
	}
	CHECK_EQ(stat_of("a").st_size, PAGE);
}

// SPDX-License-Identifier: MIT
/*
 * clone_files_own_limits.c: Processes that share their descriptors (CLONE_FILES) have limits of
 * their own: RLIMIT_NOFILE and RLIMIT_FSIZE that the child sets bind the child only.
 */
#include "test.h"

static int child(void *unused)
{
	const struct rlimit few = { 3, 3 }, small = { 10, 10 };
	int fd = open("a", O_WRONLY | O_CREAT, 0600);

	(void)unused;
	signal(SIGXFSZ, SIG_IGN);
	if (fd < 0 || setrlimit(RLIMIT_NOFILE, &few) < 0 || setrlimit(RLIMIT_FSIZE, &small) < 0)
		return 1;
	if (dup(fd) != -1 || errno != EMFILE)
		return 2;
	return ftruncate(fd, 11) == -1 && errno == EFBIG ? 0 : 3;
}

TEST_IN_DIR()
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));
	pid_t pid = CHECK_OK(
		clone(child, stack + sizeof(stack), CLONE_FS | CLONE_FILES | SIGCHLD, NULL));
	int fd;

	CHECK_EXITS(pid, 0);
	fd = CHECK_OK(open("a", O_WRONLY));
	CHECK_OK(close(CHECK_OK(dup(fd))));
	CHECK_OK(ftruncate(fd, 11));
	close(fd);
}

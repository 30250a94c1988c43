// SPDX-License-Identifier: MIT
/*
 * open_cloexec.c: O_CLOEXEC and FD_CLOEXEC close the descriptor at exec and only then; the others
 * stay open, with their offset.
 */
#include "test.h"

static int helper(int argc, char **argv)
{
	char c;

	(void)argc;
	if (fcntl(atoi(argv[1]), F_GETFD) != -1 || errno != EBADF)
		return 2;
	if (fcntl(atoi(argv[2]), F_GETFD) != -1)
		return 3;
	if (fcntl(atoi(argv[3]), F_GETFD) != 0)
		return 4;
	if (read(atoi(argv[3]), &c, 1) != 1 || c != 'c')
		return 5;
	return 0;
}

TEST_HELPER(helper)

TEST_IN_DIR()
{
	char numbers[3][12], c;
	int a, b, kept;
	pid_t pid;

	put_file("a", "abc");
	a = CHECK_OK(open("a", O_RDONLY | O_CLOEXEC));
	b = CHECK_OK(open("a", O_RDONLY));
	kept = CHECK_OK(open("a", O_RDONLY));
	CHECK_EQ(fcntl(a, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(b, F_GETFD), 0);
	CHECK_OK(fcntl(b, F_SETFD, FD_CLOEXEC));
	CHECK_EQ(read(kept, &c, 1) + read(kept, &c, 1), 2);
	sprintf(numbers[0], "%d", a);
	sprintf(numbers[1], "%d", b);
	sprintf(numbers[2], "%d", kept);
	pid = fork_child();
	if (pid == 0) {
		CHECK_EQ(read(a, &c, 1), 1);
		execl(test_self(), "x", "--helper", "x", numbers[0], numbers[1], numbers[2], NULL);
		_exit(9);
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(fcntl(a, F_GETFD), FD_CLOEXEC);
}

// SPDX-License-Identifier: MIT
/*
 * exec_text_busy.c: A program that runs cannot be opened for writing (ETXTBSY), and one that is
 * open for writing cannot be run.
 */
#include "test.h"

static int helper(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	pause();
	return 0;
}

TEST_HELPER(helper)

TEST_IN_DIR()
{
	static char block[65536];
	int in = CHECK_OK(open(test_self(), O_RDONLY)), out;
	struct gate gate = gate_make();
	ssize_t got;
	pid_t pid;
	char c;

	out = CHECK_OK(open("program", O_WRONLY | O_CREAT, 0755));
	while ((got = CHECK_OK(read(in, block, sizeof(block)))) > 0)
		CHECK_EQ(write(out, block, got), got);
	CHECK_ERR(execl("program", "program", NULL), ETXTBSY);
	CHECK_OK(close(out));

	CHECK_OK(fcntl(gate.fd[1], F_SETFD, FD_CLOEXEC));
	pid = fork_child();
	if (pid == 0) {
		execl("program", "program", "--helper", "x", NULL);
		_exit(9);
	}
	CHECK_OK(close(gate.fd[1]));
	CHECK_EQ(read(gate.fd[0], &c, 1), 0); /* closed: it runs */
	EXPECT_ERR(open("program", O_WRONLY), ETXTBSY);
	EXPECT_ERR(truncate("program", 0), ETXTBSY);
	CHECK_OK(unlink("program"));
	CHECK_OK(kill(pid, SIGKILL));
	CHECK_KILLED(pid, SIGKILL);
}

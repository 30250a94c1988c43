// SPDX-License-Identifier: MIT
/*
 * proc_cmdline_title.c: A program that overwrites its arguments, and with them the zero behind the last
 * one, has a title of its own in /proc/PID/cmdline: up to the next zero, which may be in its
 * environment, and at most a page of it (proc(5), setproctitle(3)).
 */
#include "test.h"

static char text[4 * PAGE];

static ssize_t title(void)
{
	return read_text("/proc/self/cmdline", text, sizeof(text));
}

static int helper(int argc, char **argv)
{
	char *start = argv[-2], *end = environ[0];
	size_t length = end - start;
	int fd = CHECK_OK(open("/proc/self/cmdline", O_RDONLY));

	CHECK_EQ(argc, 1);
	CHECK_EQ(title(), length);
	CHECK_MEM(text, start, length);
	memset(start, 'T', length);
	CHECK_EQ(title(), length + strlen("FIRST=1") + 1);
	CHECK_ALL(text, 'T', length);
	CHECK_STR(text + length, "FIRST=1");
	EXPECT_EQ(pread(fd, text, 9, (off_t)length - 1), 9);
	CHECK_MEM(text, "TFIRST=1", 9);
	start[5] = '\0';
	CHECK_EQ(title(), 6);
	CHECK_STR(text, "TTTTT");
	EXPECT_EQ(pread(fd, text, 9, 6), 0);
	start[5] = 'T';
	for (char *p = end; p < end + 2 * PAGE; p++)
		*p = 'E';
	CHECK_EQ(title(), PAGE);
	CHECK_ALL(text + length, 'E', PAGE - length);
	/* The zero is back: these are arguments. */
	end[-1] = '\0';
	CHECK_EQ(title(), length);
	EXPECT_EQ(lseek(fd, 0, SEEK_END), 0);
	CHECK_OK(close(fd));
	child_done();
}

TEST_HELPER(helper)

TEST()
{
	static char big[3 * PAGE];
	char *argv[] = { "x", "--helper", "y", NULL }, *envp[] = { "FIRST=1", big, NULL };
	pid_t pid;

	memset(big, 'b', sizeof(big) - 1);
	pid = fork_child();
	if (pid == 0) {
		execve(test_self(), argv, envp);
		_exit(99);
	}
	CHECK_EXITS(pid, 0);
}

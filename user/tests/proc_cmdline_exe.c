// SPDX-License-Identifier: MIT
/*
 * proc_cmdline_exe.c: /proc/self/cmdline holds the arguments with zeros between them, exe is a link
 * to the program, cwd to the directory; environ is the environment.
 */
#include "test.h"

static int helper(int argc, char **argv)
{
	char text[PATH_MAX], dir[PATH_MAX], now[PATH_MAX];
	ssize_t length = read_text("/proc/self/cmdline", text, sizeof(text));

	(void)argv;
	CHECK_EQ(argc, 3);
	CHECK_EQ(length, sizeof("name\0--helper\0one\0\0three"));
	CHECK_MEM(text, "name\0--helper\0one\0\0three", length);
	length = readlink("/proc/self/cwd", dir, sizeof(dir) - 1);
	CHECK(length > 0);
	dir[length] = '\0';
	CHECK_STR(dir, getcwd(now, sizeof(now)));
	length = read_text("/proc/self/environ", text, sizeof(text));
	CHECK_EQ(length, 8);
	CHECK_MEM(text, "A=1\0B=2\0", 8);
	return 0;
}

TEST_HELPER(helper)

TEST()
{
	char *argv[] = { "name", "--helper", "one", "", "three", NULL };
	char *envp[] = { "A=1", "B=2", NULL };
	char path[PATH_MAX], *slash;
	pid_t pid;

	snprintf(path, sizeof(path), "%s", test_self());
	slash = strrchr(path, '/');
	CHECK(slash != NULL);
	CHECK_STR(slash, "/proc_cmdline_exe");
	pid = fork_child();
	if (pid == 0) {
		execve(path, argv, envp);
		_exit(9);
	}
	CHECK_EXITS(pid, 0);
}

// SPDX-License-Identifier: MIT
/*
 * exec_arguments.c: execve hands over arguments and environment, also empty and long ones; the
 * auxiliary vector has page size, ids and random bytes; descriptors and pid stay.
 */
#include "test.h"

#include <sys/auxv.h>

static int helper(int argc, char **argv)
{
	CHECK_EQ(argc, 4);
	CHECK_STR(argv[1], "");
	CHECK_EQ(strlen(argv[2]), 100000);
	CHECK_EQ(argv[2][99999], 'L');
	CHECK_EQ(atoi(argv[3]), getpid());
	CHECK(argv[4] == NULL);
	CHECK_STR(getenv("NAME"), "value with spaces");
	CHECK_EQ(getauxval(AT_PAGESZ), PAGE);
	CHECK_EQ(getauxval(AT_UID), getuid());
	CHECK_EQ(getauxval(AT_EGID), getegid());
	CHECK_EQ(getauxval(AT_SECURE), 0);
	CHECK_EQ(getauxval(AT_RANDOM) != 0, 1);
	CHECK_EQ(getauxval(AT_PHDR) != 0, 1);
	CHECK_EQ(getauxval(AT_ENTRY) != 0, 1);
	CHECK_EQ((uintptr_t)getauxval(AT_EXECFN) != 0, 1);
	return 0;
}

TEST_HELPER(helper)

TEST()
{
	static char long_text[100001];
	pid_t pid;

	memset(long_text, 'L', 100000);
	pid = fork_child();
	if (pid == 0) {
		char number[20];
		char *argv[] = { "x", "--helper", "x", "", long_text, number, NULL };
		char *envp[] = { "NAME=value with spaces", NULL };

		sprintf(number, "%d", getpid());
		execve(test_self(), argv, envp);
		_exit(9);
	}
	CHECK_EXITS(pid, 0);
}

// SPDX-License-Identifier: MIT
/*
 * exec_errors.c: execve: ENOENT, EACCES (no x bit, a directory), ENOTDIR, ELOOP, ENOEXEC for what
 * is no program, E2BIG for too many arguments; the caller goes on.
 */
#include "test.h"

TEST_IN_DIR()
{
	char *argv[] = { "x", NULL }, *envp[] = { NULL };
	static char *many[40001];
	static char text[1000];
	struct rlimit limit = { 1 << 20, 1 << 20 };
	pid_t pid;

	put_file("plain", "no program");
	CHECK_OK(chmod("plain", 0755));
	put_file("noexec", "#!/bin/sh\n");
	put_file("empty", "");
	CHECK_OK(chmod("empty", 0755));
	CHECK_OK(symlink("loop", "loop"));
	EXPECT_ERR(execve("none", argv, envp), ENOENT);
	EXPECT_ERR(execve("", argv, envp), ENOENT);
	EXPECT_ERR(execve("noexec", argv, envp), EACCES);
	EXPECT_ERR(execve(".", argv, envp), EACCES);
	EXPECT_ERR(execve("plain/x", argv, envp), ENOTDIR);
	EXPECT_ERR(execve("loop", argv, envp), ELOOP);
	EXPECT_ERR(execve("plain", argv, envp), ENOEXEC);
	EXPECT_ERR(execve("empty", argv, envp), ENOEXEC);

	/* A quarter of the stack's limit is for the arguments. */
	memset(text, 'a', sizeof(text) - 1);
	for (int i = 0; i < 40000; i++)
		many[i] = text;
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(setrlimit(RLIMIT_STACK, &limit));
		EXPECT_ERR(execve("/proc/self/exe", many, envp), E2BIG);
		EXPECT_ERR(execve("/proc/self/exe", argv, many), E2BIG);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

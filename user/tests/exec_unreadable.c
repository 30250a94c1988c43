// SPDX-License-Identifier: MIT
/*
 * exec_unreadable.c: A program that may be run but not read is not "dumpable" (prctl(2)): what is in its
 * /proc/PID belongs to root, and others of its user may not look into it. The same goes for a
 * script's interpreter.
 */
#include "test.h"

#include <sys/prctl.h>

/* Exit status: is it dumpable? 2: what is in /proc/self disagrees. */
static int helper(int argc, char **argv)
{
	int dumpable = prctl(PR_GET_DUMPABLE);
	uid_t owner = stat_of("/proc/self/status").st_uid;
	bool may = close(open("/proc/self/environ", O_RDONLY)) == 0;

	(void)argc;
	(void)argv;
	return owner == (dumpable ? OTHER_UID : 0) && may == !!dumpable ? dumpable : 2;
}

TEST_HELPER(helper)

static void copy_program(void)
{
	static char block[PAGE];
	int in = CHECK_OK(open(test_self(), O_RDONLY)), out;
	ssize_t got;

	out = CHECK_OK(open("program", O_WRONLY | O_CREAT, 0755));
	while ((got = CHECK_OK(read(in, block, sizeof(block)))) > 0)
		CHECK_EQ(write(out, block, got), got);
	CHECK_OK(close(out));
	CHECK_OK(close(in));
}

/* The exit status of the program when another user runs it. */
static int run(const char *name)
{
	pid_t pid = fork_child();
	int status;

	if (pid == 0) {
		become_other();
		execl(name, name, "--helper", NULL);
		_exit(100);
	}
	status = wait_child(pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

TEST_IN_DIR()
{
	need_root("to own what another one runs");
	CHECK_OK(chmod(".", 0755));
	copy_program();
	put_file("script", "#!./program --helper\n");
	CHECK_OK(chmod("script", 0755));
	CHECK_EQ(run("./program"), 1);
	CHECK_EQ(run("./script"), 1);
	CHECK_OK(chmod("program", 0711));
	CHECK_EQ(run("./program"), 0);
	CHECK_EQ(run("./script"), 0);
	/* A script is read by its interpreter, not by the kernel. */
	CHECK_OK(chmod("program", 0755));
	CHECK_OK(chmod("script", 0711));
	CHECK_EQ(run("./script"), 1);
}

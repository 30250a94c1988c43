// SPDX-License-Identifier: MIT
/*
 * permissions_setuid_exec.c: A program with the set-user-id bit runs as its owner: the effective
 * and the saved user change, the real one does not.
 */
#include "test.h"

static int helper(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return getuid() == 5 && geteuid() == OTHER_UID && getegid() == OTHER_GID ? 0 : 1;
}

TEST_HELPER(helper)

TEST_IN_DIR()
{
	static char block[PAGE];
	int in = CHECK_OK(open(test_self(), O_RDONLY)), out;
	ssize_t got;
	struct statfs fs;
	pid_t pid;

	need_root("it makes a set-user-id program");
	CHECK_OK(statfs(".", &fs));
	if (fs.f_flags & 2) /* ST_NOSUID */
		skip("mounted nosuid");
	CHECK_OK(chmod(".", 0755));
	out = CHECK_OK(open("program", O_WRONLY | O_CREAT, 0755));
	while ((got = CHECK_OK(read(in, block, sizeof(block)))) > 0)
		CHECK_EQ(write(out, block, got), got);
	CHECK_OK(close(out));
	CHECK_OK(chown("program", OTHER_UID, OTHER_GID));
	CHECK_OK(chmod("program", 06755));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(setgid(5));
		CHECK_OK(setuid(5));
		execl("program", "program", "--helper", "x", NULL);
		_exit(9);
	}
	CHECK_EXITS(pid, 0);
}

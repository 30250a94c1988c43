// SPDX-License-Identifier: MIT
/*
 * permissions_groups.c: A supplementary group counts like the main one; getgroups gives what
 * setgroups set, and only root may set.
 */
#include "test.h"

TEST_IN_DIR()
{
	gid_t groups[] = { 7, OTHER_GID, 9 }, back[10];
	pid_t pid;

	need_root("it sets supplementary groups");
	CHECK_OK(chmod(".", 0755));
	put_file("a", "x");
	CHECK_OK(chown("a", 0, OTHER_GID));
	CHECK_OK(chmod("a", 0040));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(setgroups(3, groups));
		CHECK_EQ(getgroups(0, NULL), 3);
		CHECK_EQ(getgroups(10, back), 3);
		CHECK_ERR(getgroups(2, back), EINVAL);
		CHECK_OK(setgid(5));
		CHECK_OK(setuid(OTHER_UID));
		CHECK_OK(open("a", O_RDONLY));
		CHECK_ERR(setgroups(0, NULL), EPERM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

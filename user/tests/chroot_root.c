// SPDX-License-Identifier: MIT
/*
 * chroot_root.c: chroot: the root of paths changes, ".." stops there; only root may.
 */
#include "test.h"

TEST_IN_DIR()
{
	pid_t pid;

	need_root("it changes its root");
	CHECK_OK(chmod(".", 0755));
	CHECK_OK(mkdir("d", 0755));
	put_file("d/inside", "in");
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(chroot("d"));
		CHECK_OK(chdir("/"));
		CHECK_FILE("/inside", "in");
		CHECK_FILE("/../../inside", "in");
		CHECK(!exists("/d"));
		CHECK_ERR(chroot("inside"), ENOTDIR);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	pid = fork_child();
	if (pid == 0) {
		become_other();
		CHECK_ERR(chroot("d"), EPERM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

// SPDX-License-Identifier: MIT
/*
 * mount_not_root.c: An ordinary user neither mounts nor unmounts: EPERM.
 */
#include "test.h"

TEST_IN_DIR()
{
	pid_t pid;

	CHECK_OK(mkdir("m", 0777));
	pid = fork_child();
	if (pid == 0) {
		if (geteuid() == 0)
			become_other();
		EXPECT_ERR(mount("none", "m", "tmpfs", 0, NULL), EPERM);
		EXPECT_ERR(umount("/"), EPERM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

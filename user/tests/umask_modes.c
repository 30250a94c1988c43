// SPDX-License-Identifier: MIT
/*
 * umask_modes.c: The umask takes bits from new files and directories; umask() gives the old one;
 * chmod is not touched by it; a child inherits it.
 */
#include "test.h"

TEST_IN_DIR()
{
	pid_t pid;

	CHECK_EQ(umask(027), 022);
	CHECK_OK(open("a", O_WRONLY | O_CREAT, 0666));
	CHECK_EQ(stat_of("a").st_mode & 0777, 0640);
	CHECK_OK(mkdir("d", 0777));
	CHECK_EQ(stat_of("d").st_mode & 0777, 0750);
	CHECK_OK(chmod("a", 0666));
	CHECK_EQ(stat_of("a").st_mode & 0777, 0666);
	pid = fork_child();
	if (pid == 0) {
		CHECK_EQ(umask(0), 027);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(umask(07777), 027);
	CHECK_EQ(umask(022), 0777);
}

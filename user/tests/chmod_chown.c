// SPDX-License-Identifier: MIT
/*
 * chmod_chown.c: chmod, fchmod, chown, lchown: what they set, who may, and that a change of owner
 * takes the set-id bits of a file.
 */
#include "test.h"

TEST_IN_DIR()
{
	pid_t pid;
	int fd;

	put_file("a", "x");
	fd = CHECK_OK(open("a", O_RDONLY));
	CHECK_OK(chmod("a", 07777));
	CHECK_EQ(stat_of("a").st_mode, S_IFREG | 07777);
	CHECK_OK(fchmod(fd, 0));
	CHECK_EQ(stat_of("a").st_mode, S_IFREG | 0);
	CHECK_OK(chmod("a", 0644));
	EXPECT_ERR(chmod("none", 0644), ENOENT);
	EXPECT_ERR(fchmod(99, 0644), EBADF);
	need_root("the rest changes owners");
	CHECK_OK(chmod(".", 0755));
	CHECK_OK(symlink("a", "l"));
	CHECK_OK(lchown("l", 7, 8));
	CHECK_EQ(stat_of("l").st_uid, 7);
	CHECK_EQ(stat_of("a").st_uid, 0);
	CHECK_OK(chmod("a", 06755));
	CHECK_OK(chown("l", OTHER_UID, -1));
	CHECK_EQ(stat_of("a").st_uid, OTHER_UID);
	CHECK_EQ(stat_of("a").st_gid, 0);
	CHECK_EQ(stat_of("a").st_mode & 07777, 0755);
	CHECK_OK(fchown(fd, -1, OTHER_GID));
	CHECK_EQ(stat_of("a").st_gid, OTHER_GID);
	pid = fork_child();
	if (pid == 0) {
		become_other();
		CHECK_OK(chmod("a", 0600));
		EXPECT_ERR(chown("a", 5, -1), EPERM);
		EXPECT_ERR(chown("a", -1, 5), EPERM);
		CHECK_OK(chown("a", OTHER_UID, OTHER_GID));
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_OK(chown("a", 0, 0));
	pid = fork_child();
	if (pid == 0) {
		become_other();
		EXPECT_ERR(chmod("a", 0666), EPERM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

// SPDX-License-Identifier: MIT
/*
 * permissions_directories.c: In directories: r lists, x passes through, w with x adds and removes;
 * the sticky bit protects other people's entries.
 */
#include "test.h"

TEST_IN_DIR()
{
	pid_t pid;

	need_root("it works in directories of another user");
	CHECK_OK(chmod(".", 0755));
	CHECK_OK(mkdir("closed", 0700));
	CHECK_OK(mkdir("pass", 0711));
	CHECK_OK(mkdir("list", 0744));
	CHECK_OK(mkdir("open", 0777));
	CHECK_OK(chmod("open", 0777));
	CHECK_OK(mkdir("sticky", 0777));
	CHECK_OK(chmod("sticky", 01777));
	put_file("closed/a", "");
	put_file("pass/a", "");
	put_file("list/a", "");
	put_file("open/a", "");
	put_file("sticky/a", "");
	pid = fork_child();
	if (pid == 0) {
		become_other();
		EXPECT_ERR(open("closed/a", O_RDONLY), EACCES);
		EXPECT_ERR(open("closed/none", O_RDONLY), EACCES);
		EXPECT_ERR(chdir("closed"), EACCES);
		EXPECT_ERR(open("closed", O_RDONLY), EACCES);
		CHECK_OK(open("pass/a", O_RDONLY));
		EXPECT_ERR(open("pass", O_RDONLY), EACCES);
		EXPECT_ERR(unlink("pass/a"), EACCES);
		EXPECT_ERR(open("pass/new", O_WRONLY | O_CREAT, 0600), EACCES);
		EXPECT_ERR(mkdir("pass/new", 0700), EACCES);
		EXPECT_ERR(rename("open/a", "pass/b"), EACCES);
		CHECK_OK(open("list", O_RDONLY));
		EXPECT_ERR(open("list/a", O_RDONLY), EACCES);
		CHECK_OK(open("open/mine", O_WRONLY | O_CREAT, 0600));
		CHECK_OK(unlink("open/a"));
		CHECK_OK(open("sticky/mine", O_WRONLY | O_CREAT, 0600));
		EXPECT_ERR(unlink("sticky/a"), EPERM);
		EXPECT_ERR(rename("sticky/a", "sticky/b"), EPERM);
		EXPECT_ERR(rename("sticky/mine", "sticky/a"), EPERM);
		CHECK_OK(unlink("sticky/mine"));
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_EQ(stat_of("open/mine").st_uid, OTHER_UID);
	CHECK_EQ(stat_of("open/mine").st_gid, OTHER_GID);
}

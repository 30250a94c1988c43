// SPDX-License-Identifier: MIT
/*
 * permissions_files.c: Another user than the owner gets what the mode's last three bits say, the
 * group its own, the owner only his: EACCES on open, access and execve.
 */
#include "test.h"

/* The errno of opening the file as this user, 0 for success. */
static int try(const char *name, uid_t uid, gid_t gid, int flags)
{
	pid_t pid = fork_child();
	int status;

	if (pid == 0) {
		CHECK_OK(setgroups(0, NULL));
		CHECK_OK(setgid(gid));
		CHECK_OK(setuid(uid));
		_exit(open(name, flags) >= 0 ? 0 : errno);
	}
	status = wait_child(pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_IN_DIR()
{
	need_root("it opens files as three different users");
	CHECK_OK(chmod(".", 0755));
	put_file("a", "x");
	CHECK_OK(chown("a", OTHER_UID, OTHER_GID));
	CHECK_OK(chmod("a", 0640));
	EXPECT_EQ(try("a", OTHER_UID, 5, O_RDWR), 0);
	EXPECT_EQ(try("a", 5, OTHER_GID, O_RDONLY), 0);
	EXPECT_EQ(try("a", 5, OTHER_GID, O_WRONLY), EACCES);
	EXPECT_EQ(try("a", 5, 5, O_RDONLY), EACCES);
	EXPECT_EQ(try("a", 0, 0, O_RDWR), 0);
	/* The owner's bits count for the owner, even if the others have more. */
	CHECK_OK(chmod("a", 0066));
	EXPECT_EQ(try("a", OTHER_UID, OTHER_GID, O_RDONLY), EACCES);
	EXPECT_EQ(try("a", 5, 5, O_RDONLY), 0);
	EXPECT_EQ(try("a", 0, 0, O_RDWR), 0);
	CHECK_OK(chmod("a", 0444));
	EXPECT_EQ(try("a", OTHER_UID, OTHER_GID, O_WRONLY), EACCES);
	EXPECT_EQ(try("a", OTHER_UID, OTHER_GID, O_RDONLY | O_TRUNC), EACCES);
}

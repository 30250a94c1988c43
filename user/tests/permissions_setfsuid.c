// SPDX-License-Identifier: MIT
/*
 * permissions_setfsuid.c: Rights over files go by the filesystem user, all others by the effective
 * one, which takes the filesystem user along when it changes.
 */
#include "test.h"

#include <sys/fsuid.h>

static void has_no_rights_over_files(void)
{
	EXPECT_ERR(open("roots", O_RDONLY), EACCES);
	EXPECT_ERR(chmod("roots", 0644), EPERM);
	EXPECT_ERR(chown("mine", 0, 0), EPERM);
	EXPECT_ERR(mknod("null", S_IFCHR | 0600, makedev(1, 3)), EPERM);
	EXPECT_ERR(unlink("sticky/roots"), EPERM);
	CHECK_OK(chmod("mine", 0600));
	CHECK_OK(setpriority(PRIO_PROCESS, 0, -1));
}

static void has_all_rights(void)
{
	CHECK_OK(close(open("roots", O_RDONLY)));
	CHECK_OK(chmod("roots", 0600));
	CHECK_OK(chown("mine", 0, 0));
	CHECK_OK(chown("mine", OTHER_UID, 0));
}

static void by_fsuid(void)
{
	CHECK_EQ(setfsuid(OTHER_UID), 0);
	CHECK_EQ(setfsuid(-1), OTHER_UID);
	CHECK_EQ(geteuid(), 0);
	CHECK_OK(close(open("mine", O_WRONLY | O_CREAT, 0600)));
	EXPECT_EQ(stat_of("mine").st_uid, OTHER_UID);
	has_no_rights_over_files();
	CHECK_EQ(setfsuid(0), OTHER_UID);
	has_all_rights();

	CHECK_OK(seteuid(OTHER_UID));
	CHECK_EQ(setfsuid(-1), OTHER_UID);
	EXPECT_ERR(setpriority(PRIO_PROCESS, 0, -2), EACCES);
	CHECK_EQ(setfsuid(0), OTHER_UID); /* the saved and the real user's number are allowed */
	has_all_rights();
	CHECK_EQ(setfsuid(77), 0);
	CHECK_EQ(setfsuid(-1), 0);
}

TEST_IN_DIR()
{
	need_root("to change its user");
	CHECK_OK(chmod(".", 0777));
	CHECK_OK(mkdir("sticky", 0777));
	CHECK_OK(chmod("sticky", 01777));
	put_file("roots", "x");
	put_file("sticky/roots", "x");
	CHECK_OK(chmod("roots", 0600));
	in_child(by_fsuid);
}

// SPDX-License-Identifier: MIT
/*
 * permissions_uids.c: setuid, setreuid, setresuid: root may become anybody and not back; an
 * ordinary user only moves among his own three.
 */
#include "test.h"

static void ids(uid_t real, uid_t effective, uid_t saved)
{
	uid_t r, e, s;

	CHECK_OK(getresuid(&r, &e, &s));
	CHECK_EQ(r, real);
	CHECK_EQ(e, effective);
	CHECK_EQ(s, saved);
	CHECK_EQ(getuid(), real);
	CHECK_EQ(geteuid(), effective);
}

TEST()
{
	pid_t pid;

	need_root("it changes its user");
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(setresuid(1, 2, 3));
		ids(1, 2, 3);
		CHECK_OK(setresuid(-1, 3, -1));
		ids(1, 3, 3);
		CHECK_OK(setuid(1));
		ids(1, 1, 3);
		EXPECT_ERR(setuid(2), EPERM);
		EXPECT_ERR(setuid(0), EPERM);
		EXPECT_ERR(setresuid(0, -1, -1), EPERM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(setgid(OTHER_GID));
		CHECK_EQ(getgid(), OTHER_GID);
		CHECK_EQ(getegid(), OTHER_GID);
		CHECK_OK(seteuid(OTHER_UID));
		ids(0, OTHER_UID, 0);
		CHECK_OK(seteuid(0));
		CHECK_OK(setuid(OTHER_UID));
		ids(OTHER_UID, OTHER_UID, OTHER_UID);
		EXPECT_ERR(seteuid(0), EPERM);
		EXPECT_ERR(setgid(0), EPERM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

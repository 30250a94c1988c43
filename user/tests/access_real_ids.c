// SPDX-License-Identifier: MIT
/*
 * access_real_ids.c: access asks for the real user, faccessat with AT_EACCESS for the effective
 * one; F_OK, the errors; root may execute only what somebody may.
 */
#include "test.h"

TEST_IN_DIR()
{
	pid_t pid;

	put_file("a", "x");
	CHECK_OK(chmod("a", 0600));
	CHECK_OK(access("a", F_OK));
	CHECK_OK(access("a", R_OK | W_OK));
	EXPECT_ERR(access("a", X_OK), EACCES);
	EXPECT_ERR(access("none", F_OK), ENOENT);
	EXPECT_ERR(access("a/b", F_OK), ENOTDIR);
	EXPECT_ERR(access("a", 077), EINVAL);
	need_root("the rest has a real and another effective user");
	CHECK_OK(chmod(".", 0755));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(setresuid(OTHER_UID, 0, 0));
		EXPECT_ERR(access("a", R_OK), EACCES);
		CHECK_OK(open("a", O_RDONLY));
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

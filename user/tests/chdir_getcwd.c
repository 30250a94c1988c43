// SPDX-License-Identifier: MIT
/*
 * chdir_getcwd.c: chdir, fchdir and getcwd; the current directory follows a rename; ERANGE and the
 * other errors.
 */
#include "test.h"

TEST_IN_DIR()
{
	char top[PATH_MAX], now[PATH_MAX], wanted[PATH_MAX + 10];
	int dir = CHECK_OK(open(".", O_RDONLY));

	CHECK(getcwd(top, sizeof(top)) == top);
	CHECK_OK(mkdir("d", 0755));
	CHECK_OK(mkdir("d/e", 0755));
	put_file("file", "");
	CHECK_OK(symlink("d/e", "l"));
	CHECK_OK(chdir("l"));
	CHECK(getcwd(now, sizeof(now)) == now);
	snprintf(wanted, sizeof(wanted), "%s/d/e", top);
	CHECK_STR(now, wanted);
	CHECK_EQ(syscall(SYS_getcwd, now, sizeof(now)), strlen(wanted) + 1);
	CHECK_OK(rename("../../d", "../../moved"));
	CHECK(getcwd(now, sizeof(now)) == now);
	snprintf(wanted, sizeof(wanted), "%s/moved/e", top);
	CHECK_STR(now, wanted);
	EXPECT_ERR(syscall(SYS_getcwd, now, 3), ERANGE);
	CHECK_OK(fchdir(dir));
	EXPECT_ERR(chdir("none"), ENOENT);
	EXPECT_ERR(chdir("file"), ENOTDIR);
	EXPECT_ERR(chdir(""), ENOENT);
	EXPECT_ERR(fchdir(99), EBADF);
	EXPECT_ERR(fchdir(CHECK_OK(open("file", O_RDONLY))), ENOTDIR);
	CHECK_OK(chdir("/"));
	CHECK(getcwd(now, sizeof(now)) == now);
	CHECK_STR(now, "/");
}

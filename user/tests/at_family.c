// SPDX-License-Identifier: MIT
/*
 * at_family.c: openat, mkdirat, unlinkat, renameat, linkat, symlinkat, readlinkat, fstatat,
 * fchmodat and faccessat are relative to their directory; an absolute path ignores it.
 */
#include "test.h"

TEST_IN_DIR()
{
	int d, file;
	struct stat st;
	char back[20];

	CHECK_OK(mkdir("d", 0755));
	d = CHECK_OK(open("d", O_RDONLY | O_DIRECTORY));
	CHECK_OK(rename("d", "moved")); /* the descriptor follows */
	file = CHECK_OK(openat(d, "a", O_WRONLY | O_CREAT, 0600));
	CHECK(exists("moved/a"));
	CHECK_OK(mkdirat(d, "sub", 0700));
	CHECK_OK(symlinkat("a", d, "l"));
	CHECK_EQ(readlinkat(d, "l", back, sizeof(back)), 1);
	CHECK_OK(linkat(d, "a", d, "b", 0));
	CHECK_OK(renameat(d, "b", AT_FDCWD, "outside"));
	CHECK(exists("outside"));
	CHECK_OK(fchmodat(d, "a", 0640, 0));
	CHECK_OK(fstatat(d, "a", &st, 0));
	CHECK_EQ(st.st_mode & 07777, 0640);
	CHECK_OK(faccessat(d, "a", R_OK, 0));
	CHECK_OK(fstatat(d, "/", &st, 0));
	CHECK_EQ(S_ISDIR(st.st_mode), 1);
	EXPECT_ERR(unlinkat(d, "sub", 0), EISDIR);
	EXPECT_ERR(unlinkat(d, "a", AT_REMOVEDIR), ENOTDIR);
	EXPECT_ERR(unlinkat(d, "a", 0x40000000), EINVAL);
	CHECK_OK(unlinkat(d, "sub", AT_REMOVEDIR));
	CHECK_OK(unlinkat(d, "a", 0));
	EXPECT_ERR(openat(file, "x", O_RDONLY), ENOTDIR);
	EXPECT_ERR(openat(99, "x", O_RDONLY), EBADF);
	EXPECT_ERR(mkdirat(99, "x", 0700), EBADF);
	CHECK_OK(unlinkat(d, "l", 0));
	CHECK_OK(rmdir("moved"));
	EXPECT_ERR(openat(d, "x", O_WRONLY | O_CREAT, 0600), ENOENT);
}

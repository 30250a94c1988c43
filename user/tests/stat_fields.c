// SPDX-License-Identifier: MIT
/*
 * stat_fields.c: stat, fstat, lstat and fstatat agree and fill in type, mode, links, owner, size,
 * blocks and times; the errors.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct stat a, b, c, d;
	int fd = make_file("a", 5000);
	time_t now = time(NULL);

	CHECK_OK(fsync(fd));
	CHECK_OK(stat("a", &a));
	CHECK_OK(fstat(fd, &b));
	CHECK_OK(lstat("a", &c));
	CHECK_OK(fstatat(fd, "", &d, AT_EMPTY_PATH));
	CHECK_EQ(memcmp(&a, &b, sizeof(a)) | memcmp(&a, &c, sizeof(a)) | memcmp(&a, &d, sizeof(a)),
		0);
	CHECK_EQ(a.st_mode, S_IFREG | 0644);
	CHECK_EQ(a.st_nlink, 1);
	CHECK_EQ(a.st_uid, geteuid());
	CHECK_EQ(a.st_size, 5000);
	CHECK_EQ(a.st_blocks >= 10 && a.st_blocks <= 32, 1);
	CHECK_EQ(a.st_blksize >= 512, 1);
	CHECK_EQ(labs(a.st_mtim.tv_sec - now) < 10, 1);
	CHECK_EQ(a.st_dev, stat_of(".").st_dev);
	CHECK(a.st_ino != stat_of(".").st_ino);

	CHECK_OK(symlink("a", "l"));
	CHECK_OK(stat("l", &b));
	CHECK_EQ(b.st_ino, a.st_ino);
	CHECK_OK(lstat("l", &b));
	CHECK_EQ(b.st_mode, S_IFLNK | 0777);
	CHECK_EQ(b.st_size, 1);
	CHECK_OK(fstatat(AT_FDCWD, "l", &b, AT_SYMLINK_NOFOLLOW));
	CHECK_EQ(S_ISLNK(b.st_mode), 1);
	EXPECT_ERR(stat("none", &a), ENOENT);
	EXPECT_ERR(stat("a/b", &a), ENOTDIR);
	EXPECT_ERR(stat("", &a), ENOENT);
	EXPECT_ERR(fstat(99, &a), EBADF);
	EXPECT_ERR(fstatat(99, "a", &a, 0), EBADF);
	EXPECT_ERR(fstatat(fd, "a", &a, 0), ENOTDIR);
	EXPECT_ERR(syscall(SYS_newfstatat, AT_FDCWD, "a", &a, 0x40000000), EINVAL);
}

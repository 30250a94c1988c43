// SPDX-License-Identifier: MIT
/*
 * mount_tmpfs.c: mount and umount: a tmpfs over a directory hides and uncovers it; EBUSY while in
 * use; read-only remount is EROFS; /proc/mounts tells; the errors.
 */
#include "test.h"

TEST_IN_DIR()
{
	static char text[1 << 16];
	char cwd[PATH_MAX], line[PATH_MAX + 40];
	int fd;

	need_root("it mounts");
	CHECK(getcwd(cwd, sizeof(cwd)) != NULL);
	CHECK_OK(mkdir("m", 0755));
	put_file("m/below", "x");
	if (mount("none", "m", "tmpfs", 0, NULL) < 0 && !on_vellum())
		skip("mount: %s", strerror(errno));
	CHECK(exists("m") && !exists("m/below"));
	put_file("m/above", "y");
	CHECK(stat_of("m").st_dev != stat_of(".").st_dev);
	CHECK_EQ(stat_of("m/..").st_ino, stat_of(".").st_ino);
	read_text("/proc/mounts", text, sizeof(text));
	snprintf(line, sizeof(line), "none %s/m tmpfs rw", cwd);
	if (!strstr(text, line))
		CHECK_FAILED("/proc/mounts has no \"%s\"", line);

	fd = CHECK_OK(open("m/above", O_RDONLY));
	EXPECT_ERR(umount("m"), EBUSY);
	CHECK_OK(close(fd));
	EXPECT_ERR(rmdir("m"), EBUSY);
	EXPECT_ERR(rename("m", "n"), EBUSY);
	CHECK_OK(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	EXPECT_ERR(open("m/new", O_WRONLY | O_CREAT, 0600), EROFS);
	EXPECT_ERR(open("m/above", O_WRONLY), EROFS);
	EXPECT_ERR(unlink("m/above"), EROFS);
	EXPECT_ERR(mkdir("m/d", 0700), EROFS);
	EXPECT_ERR(chmod("m/above", 0600), EROFS);
	EXPECT_ERR(truncate("m/above", 0), EROFS);
	EXPECT_ERR(access("m/above", W_OK), EROFS);
	fd = CHECK_OK(open("m/above", O_RDONLY));
	CHECK_OK(close(fd));
	CHECK_OK(umount("m"));
	CHECK_FILE("m/below", "x");
	EXPECT_ERR(umount("m"), EINVAL);
	EXPECT_ERR(umount("none"), ENOENT);
	EXPECT_ERR(mount("none", "m", "nosuchfs", 0, NULL), ENODEV);
	EXPECT_ERR(mount("none", "none", "tmpfs", 0, NULL), ENOENT);
	EXPECT_ERR(mount("none", "m/below", "tmpfs", 0, NULL), ENOTDIR);
	EXPECT_ERR(mount("/dev/null", "m", "ext2", 0, NULL), ENOTBLK);
}

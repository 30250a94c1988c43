// SPDX-License-Identifier: MIT
/*
 * dev_mknod.c: mknod makes device nodes on any filesystem, which then are the device; only root
 * may.
 */
#include "test.h"

TEST_IN_DIR()
{
	struct statfs fs;
	pid_t pid;
	int fd;
	char c = 1;

	need_root("it makes device nodes");
	if (mknod("zero", S_IFCHR | 0666, makedev(1, 5)) < 0 && errno == EPERM)
		skip("no device nodes here");
	CHECK_EQ(stat_of("zero").st_rdev, makedev(1, 5));
	CHECK_EQ(stat_of("zero").st_mode, S_IFCHR | 0644);
	CHECK_OK(statfs(".", &fs));
	if (!(fs.f_flags & 4)) { /* ST_NODEV */
		fd = CHECK_OK(open("zero", O_RDONLY));
		CHECK_EQ(read(fd, &c, 1), 1);
		CHECK_EQ(c, 0);
	}
	CHECK_OK(mknod("nothing", S_IFCHR | 0666, makedev(99, 99)));
	EXPECT_EQ(open("nothing", O_RDONLY), -1);
	EXPECT_EQ(errno == ENXIO || errno == ENODEV || errno == EACCES, 1);
	CHECK_OK(mknod("plain", S_IFREG | 0600, 0));
	CHECK_EQ(S_ISREG(stat_of("plain").st_mode), 1);
	CHECK_OK(chmod(".", 0777));
	pid = fork_child();
	if (pid == 0) {
		become_other();
		EXPECT_ERR(mknod("another", S_IFCHR | 0666, makedev(1, 3)), EPERM);
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

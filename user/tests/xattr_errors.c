// SPDX-License-Identifier: MIT
/* Extended attributes, on filesystems that have them or not: the same mistakes are told, and a
 * missing one is never ENOSYS. */
#include <sys/xattr.h>
#include "test.h"

static char big[70000];

static void check_missing(long result)
{
	EXPECT_EQ(result, -1);
	CHECK(errno == ENODATA || errno == EOPNOTSUPP);
}

TEST_IN_DIR()
{
	char value[100];
	int fd = open("file", O_CREAT | O_RDWR, 0644);

	CHECK(fd >= 0);
	CHECK_EQ(symlink("file", "link"), 0);

	check_missing(getxattr("file", "user.none", value, sizeof(value)));
	check_missing(fgetxattr(fd, "user.none", value, sizeof(value)));
	check_missing(lgetxattr("link", "security.none", value, sizeof(value)));
	check_missing(removexattr("file", "user.none"));
	check_missing(fremovexattr(fd, "user.none"));
	CHECK(listxattr("file", value, sizeof(value)) >= 0);
	CHECK(llistxattr("link", value, sizeof(value)) >= 0);
	CHECK(flistxattr(fd, value, sizeof(value)) >= 0);

	CHECK_ERR(getxattr("missing", "user.none", value, sizeof(value)), ENOENT);
	CHECK_ERR(listxattr("missing", value, sizeof(value)), ENOENT);
	CHECK_ERR(flistxattr(999, value, sizeof(value)), EBADF);
	CHECK_ERR(getxattr("file", "", value, sizeof(value)), ERANGE);
	CHECK_ERR(getxattr("file", "no-such-class", value, sizeof(value)), EOPNOTSUPP);
	CHECK_ERR(getxattr("file", (char *)8, value, sizeof(value)), EFAULT);
	CHECK_ERR(setxattr("file", "user.none", value, 1, 8), EINVAL);
	CHECK_ERR(setxattr("file", "user.none", (void *)8, 1, 0), EFAULT);
	CHECK_ERR(setxattr("file", "user.none", big, sizeof(big), 0), E2BIG);
	CHECK_ERR(lsetxattr("link", "user.none", value, 1, 0), EPERM);
	CHECK_ERR(lremovexattr("link", "user.none"), EPERM);
	close(fd);
}

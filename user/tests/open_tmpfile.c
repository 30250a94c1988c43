// SPDX-License-Identifier: MIT
/* O_TMPFILE: a file without a name, or EOPNOTSUPP from a filesystem that has none; mistakes are
 * told before that. */
#include "test.h"

TEST_IN_DIR()
{
	int fd = open(".", O_TMPFILE | O_RDWR, 0600);

	if (fd >= 0)
		close(fd);
	else
		CHECK_EQ(errno, EOPNOTSUPP);
	CHECK_EQ(close(open("file", O_CREAT | O_RDWR, 0600)), 0);
	CHECK_ERR(open(".", O_TMPFILE | O_RDONLY, 0600), EINVAL);
	CHECK_ERR(open(".", O_TMPFILE | O_RDWR | O_CREAT, 0600), EINVAL);
	CHECK_ERR(open(".", (O_TMPFILE & ~O_DIRECTORY) | O_RDWR, 0600), EINVAL);
	CHECK_ERR(open("file", O_TMPFILE | O_RDWR, 0600), ENOTDIR);
	CHECK_ERR(open("missing", O_TMPFILE | O_RDWR, 0600), ENOENT);
	CHECK_ERR(open((char *)8, O_TMPFILE | O_RDWR, 0600), EFAULT);
}

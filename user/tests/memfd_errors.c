// SPDX-License-Identifier: MIT
/*
 * memfd_errors.c: memfd_create: EFAULT for a bad name, EINVAL for one of more than 249 bytes and for
 * unknown flags, EMFILE. Huge pages: none are there (some kernels say so only when it is mapped).
 */
#include "test.h"

TEST()
{
	struct rlimit limit = { 3, 3 };
	char name[251];
	int fd;

	memset(name, 'n', sizeof(name));
	name[250] = '\0';
	EXPECT_ERR(memfd_create(name, 0), EINVAL);
	name[249] = '\0';
	CHECK_OK(close(CHECK_OK(memfd_create(name, 0))));
	EXPECT_ERR(memfd_create(NULL, 0), EFAULT);
	EXPECT_ERR(memfd_create(map_anon(1, PROT_NONE), 0), EFAULT);
	EXPECT_ERR(memfd_create("a", 0x4000), EINVAL);
	EXPECT_ERR(memfd_create("a", 21U << 26), EINVAL); /* a size, but not MFD_HUGETLB */

	fd = memfd_create("a", MFD_HUGETLB);
	if (fd >= 0) {
		EXPECT_ERR(mmap(NULL, 1 << 30, PROT_READ, MAP_SHARED, fd, 0), ENOMEM);
		CHECK_OK(close(fd));
	} else {
		EXPECT_EQ(errno == ENOMEM || errno == ENOSYS || errno == ENODEV, true);
	}
	CHECK_OK(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_ERR(memfd_create("a", 0), EMFILE);
}

// SPDX-License-Identifier: MIT
/*
 * madvise_populate_errors.c: MADV_POPULATE_READ, _WRITE: EINVAL without the right to read or write,
 * EFAULT where an access would be SIGBUS, ENOMEM where nothing is mapped.
 */
#include "residence.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE), rw = PROT_READ | PROT_WRITE;
	char *p = map_anon(4, PROT_READ);

	EXPECT_EQ(madvise(p, PAGE, MADV_POPULATE_READ), 0);
	EXPECT_ERR(madvise(p, PAGE, MADV_POPULATE_WRITE), EINVAL);
	CHECK_OK(mprotect(p, PAGE, PROT_NONE));
	EXPECT_ERR(madvise(p, PAGE, MADV_POPULATE_READ), EINVAL);
	CHECK_OK(mprotect(p, PAGE, PROT_WRITE));
	EXPECT_ERR(madvise(p, PAGE, MADV_POPULATE_READ), EINVAL);
	EXPECT_EQ(madvise(p, PAGE, MADV_POPULATE_WRITE), 0);
	EXPECT_ERR(madvise(p + 1, PAGE, MADV_POPULATE_WRITE), EINVAL);

	CHECK_OK(mprotect(p, 4 * PAGE, rw));
	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	EXPECT_ERR(madvise(p, 4 * PAGE, MADV_POPULATE_WRITE), ENOMEM);
	CHECK_EQ(resident(p, 2), 2); /* what is behind the hole is populated by some kernels */

	p = CHECK_OK(mmap(NULL, 2 * PAGE, rw, MAP_SHARED, fd, 0));
	EXPECT_ERR(madvise(p, 2 * PAGE, MADV_POPULATE_READ), EFAULT);
	EXPECT_ERR(madvise(p, 2 * PAGE, MADV_POPULATE_WRITE), EFAULT);
	EXPECT_EQ(madvise(p, PAGE, MADV_POPULATE_WRITE), 0);
}

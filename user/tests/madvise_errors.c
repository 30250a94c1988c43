// SPDX-License-Identifier: MIT
/*
 * madvise_errors.c: madvise: EINVAL for unknown advice and an address off the page, ENOMEM when
 * part of the range is not mapped (the rest is done all the same); length 0 is fine.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(5, PROT_READ | PROT_WRITE);

	memset(p, 2, 5 * PAGE);
	EXPECT_ERR(madvise(p, PAGE, 12345), EINVAL);
	EXPECT_ERR(madvise(p, PAGE, -1), EINVAL);
	EXPECT_ERR(madvise(p, 0, 12345), EINVAL);
	EXPECT_ERR(madvise(p + 1, PAGE, MADV_DONTNEED), EINVAL);
	EXPECT_ERR(syscall(SYS_madvise, p, -1UL, MADV_DONTNEED), EINVAL);
	EXPECT_ERR(syscall(SYS_madvise, p, -PAGE, MADV_DONTNEED), EINVAL);
	EXPECT_EQ(madvise(p, 0, MADV_DONTNEED), 0);
	CHECK_ALL(p, 2, 5 * PAGE);

	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	EXPECT_ERR(madvise(p, 5 * PAGE, MADV_DONTNEED), ENOMEM);
	CHECK_ALL(p, 0, 2 * PAGE);
	CHECK_ALL(p + 3 * PAGE, 0, 2 * PAGE);
	EXPECT_ERR(madvise(p + 2 * PAGE, PAGE, MADV_DONTNEED), ENOMEM);
}

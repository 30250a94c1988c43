// SPDX-License-Identifier: MIT
/*
 * msync_errors.c: msync: EINVAL for bad flags, ASYNC with SYNC and an address off the page, ENOMEM
 * for holes (what is mapped is written), EBUSY for MS_INVALIDATE of locked memory.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 3 * PAGE), rw = PROT_READ | PROT_WRITE;
	char *p = CHECK_OK(mmap(NULL, 3 * PAGE, rw, MAP_SHARED, fd, 0));

	EXPECT_EQ(msync(p, 3 * PAGE, MS_SYNC), 0);
	EXPECT_EQ(msync(p, 3 * PAGE, MS_ASYNC), 0);
	EXPECT_EQ(msync(p, 3 * PAGE, MS_INVALIDATE), 0);
	EXPECT_EQ(msync(p, 3 * PAGE, MS_SYNC | MS_INVALIDATE), 0);
	EXPECT_EQ(msync(p, 3 * PAGE, MS_ASYNC | MS_INVALIDATE), 0);
	EXPECT_EQ(msync(p, 3 * PAGE, 0), 0);
	EXPECT_EQ(msync(p, 0, MS_SYNC), 0);
	EXPECT_ERR(msync(p, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
	EXPECT_ERR(msync(p, PAGE, 8), EINVAL);
	EXPECT_ERR(msync(p + 1, PAGE, MS_SYNC), EINVAL);
	EXPECT_ERR(msync(p, -PAGE, MS_SYNC), ENOMEM);
	CHECK_OK(mlock(p + PAGE, PAGE));
	EXPECT_ERR(msync(p, 3 * PAGE, MS_INVALIDATE), EBUSY);
	EXPECT_ERR(msync(p + PAGE, PAGE, MS_SYNC | MS_INVALIDATE), EBUSY);
	EXPECT_EQ(msync(p + PAGE, PAGE, MS_SYNC), 0);
	CHECK_OK(munlock(p + PAGE, PAGE));
	CHECK_OK(munmap(p + PAGE, PAGE));
	EXPECT_ERR(msync(p, 3 * PAGE, MS_SYNC), ENOMEM);
	EXPECT_ERR(msync(p, 3 * PAGE, MS_ASYNC), ENOMEM);
	EXPECT_ERR(msync(p + PAGE, PAGE, MS_SYNC), ENOMEM);
}

// SPDX-License-Identifier: MIT
/*
 * msync_flags.c: msync: MS_SYNC, MS_ASYNC and MS_INVALIDATE work; SYNC with ASYNC, unknown bits and
 * an address off the page are EINVAL; an unmapped page in the range is ENOMEM.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 4 * PAGE);
	char *p = CHECK_OK(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	char *anon = map_anon(1, PROT_READ | PROT_WRITE);

	p[0] = 's';
	EXPECT_EQ(msync(p, 4 * PAGE, MS_SYNC), 0);
	EXPECT_EQ(msync(p, 4 * PAGE, MS_ASYNC), 0);
	EXPECT_EQ(msync(p, 4 * PAGE, MS_SYNC | MS_INVALIDATE), 0);
	EXPECT_EQ(msync(p, 4 * PAGE, 0), 0);
	EXPECT_EQ(msync(p, 1, MS_SYNC), 0);
	EXPECT_EQ(msync(p, 0, MS_SYNC), 0);
	EXPECT_EQ(msync(anon, PAGE, MS_SYNC), 0);
	EXPECT_ERR(msync(p, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
	EXPECT_ERR(msync(p, PAGE, 0x100), EINVAL);
	EXPECT_ERR(msync(p + 1, PAGE, MS_SYNC), EINVAL);
	CHECK_OK(munmap(p + 2 * PAGE, PAGE));
	EXPECT_ERR(msync(p, 4 * PAGE, MS_SYNC), ENOMEM);
	EXPECT_ERR(msync(p, 4 * PAGE, MS_ASYNC), ENOMEM);
	EXPECT_ERR(msync(p + 2 * PAGE, PAGE, MS_SYNC), ENOMEM);
	CHECK_EQ(p[0], 's');
}

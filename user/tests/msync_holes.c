// SPDX-License-Identifier: MIT
/*
 * msync_holes.c: msync(MS_SYNC) writes what is mapped before, between and behind holes, and then says
 * ENOMEM; MS_ASYNC and MS_INVALIDATE say it as well. A locked mapping ends MS_INVALIDATE with EBUSY,
 * whatever holes there are.
 */
#include "residence.h"

#define RW (PROT_READ | PROT_WRITE)

static long dirty_kb(char *p)
{
	return smaps_kb(p, "Shared_Dirty:") + smaps_kb(p, "Private_Dirty:");
}

TEST_IN_DIR()
{
	int fd = make_file("a", 7 * PAGE);
	bool has_disk = drop_cache(fd, 7);
	char *p = CHECK_OK(mmap(NULL, 7 * PAGE, RW, MAP_SHARED, fd, 0));

	CHECK_OK(munmap(p, PAGE));
	CHECK_OK(munmap(p + 3 * PAGE, PAGE));
	CHECK_OK(munmap(p + 6 * PAGE, PAGE));
	memset(p + PAGE, 1, 2 * PAGE);
	memset(p + 4 * PAGE, 2, 2 * PAGE);
	EXPECT_EQ(dirty_kb(p + PAGE), 8);
	EXPECT_EQ(dirty_kb(p + 4 * PAGE), 8);
	EXPECT_ERR(msync(p, 7 * PAGE, MS_INVALIDATE), ENOMEM);
	EXPECT_ERR(msync(p, 7 * PAGE, MS_ASYNC), ENOMEM);
	EXPECT_ERR(msync(p, 7 * PAGE, MS_SYNC), ENOMEM);
	if (has_disk) {
		EXPECT_EQ(dirty_kb(p + PAGE), 0);
		EXPECT_EQ(dirty_kb(p + 4 * PAGE), 0);
	}
	CHECK_OK(mlock(p + 5 * PAGE, PAGE));
	EXPECT_ERR(msync(p, 7 * PAGE, MS_INVALIDATE), EBUSY);
	EXPECT_ERR(msync(p, 4 * PAGE, MS_INVALIDATE), ENOMEM);
	EXPECT_ERR(msync(p, 7 * PAGE, MS_SYNC), ENOMEM);
	CHECK_ALL(p + PAGE, 1, 2 * PAGE);
	CHECK_ALL(p + 4 * PAGE, 2, 2 * PAGE);
}

// SPDX-License-Identifier: MIT
/*
 * madvise_free_errors.c: MADV_FREE is for private anonymous memory that is not locked: EINVAL for
 * files, shared memory and locked pages; DONTNEED refuses locked pages too, DONTNEED_LOCKED does
 * not.
 */
#include "residence.h"

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE), rw = PROT_READ | PROT_WRITE;
	char *p = map_anon(1, rw);

	p[0] = 1;
	EXPECT_ERR(madvise(map_shared(1), PAGE, MADV_FREE), EINVAL);
	EXPECT_ERR(madvise(CHECK_OK(mmap(NULL, PAGE, rw, MAP_PRIVATE, fd, 0)), PAGE, MADV_FREE),
		EINVAL);
	EXPECT_ERR(madvise(CHECK_OK(mmap(NULL, PAGE, rw, MAP_SHARED, fd, 0)), PAGE, MADV_FREE),
		EINVAL);
	EXPECT_EQ(madvise(p, PAGE, MADV_FREE), 0);
	p[0] = 2;
	CHECK_OK(mlock(p, PAGE));
	EXPECT_ERR(madvise(p, PAGE, MADV_FREE), EINVAL);
	EXPECT_ERR(madvise(p, PAGE, MADV_DONTNEED), EINVAL);
	EXPECT_ERR(madvise(p, PAGE, MADV_COLD), EINVAL);
	EXPECT_ERR(madvise(p, PAGE, MADV_PAGEOUT), EINVAL);
	CHECK_EQ(p[0], 2);
	EXPECT_EQ(madvise(p, PAGE, MADV_DONTNEED_LOCKED), 0);
	CHECK_EQ(p[0], 0);
}

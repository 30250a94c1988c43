// SPDX-License-Identifier: MIT
/*
 * mincore_residence.c: mincore: private memory is resident once it was touched (reading counts), the
 * pages of a file when they are in the cache, mapped here or not; a length counts by pages.
 */
#include "residence.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 4 * PAGE), rw = PROT_READ | PROT_WRITE;
	char *p = map_anon(4, rw), *q;
	unsigned char vec[5] = { 9, 9, 9, 9, 9 };

	CHECK_EQ(resident(p, 4), 0);
	p[PAGE] = 1;
	CHECK_CAN(TOUCH_READ, p + 2 * PAGE);
	CHECK_OK(mincore(p, 3 * PAGE + 1, vec));
	CHECK_EQ(vec[0] & 1, 0);
	CHECK_EQ(vec[1] & 1, 1);
	CHECK_EQ(vec[2] & 1, 1);
	CHECK_EQ(vec[3] & 1, 0);
	CHECK_EQ(vec[4], 9);
	CHECK_OK(mprotect(p, 4 * PAGE, PROT_NONE));
	CHECK_EQ(resident(p, 4), 2);
	CHECK_OK(madvise(p, 4 * PAGE, MADV_DONTNEED));
	CHECK_EQ(resident(p, 4), 0);

	q = CHECK_OK(mmap(NULL, 5 * PAGE, rw, MAP_SHARED, fd, 0));
	CHECK_EQ(resident(q, 4), 4);
	CHECK_EQ(resident(q + 4 * PAGE, 1), 0);
	q = CHECK_OK(mmap(NULL, 4 * PAGE, rw, MAP_PRIVATE, fd, 0));
	CHECK_EQ(resident(q, 4), 4);
	q = map_shared(2);
	CHECK_EQ(resident(q, 2), 0);
	q[0] = 1;
	CHECK_EQ(resident(q, 1), 1);
}

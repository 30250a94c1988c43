// SPDX-License-Identifier: MIT
/*
 * mmap_fixed_noreplace.c: MAP_FIXED_NOREPLACE maps exactly there, or fails with EEXIST when any
 * page of the range is taken.
 */
#include "test.h"

static void *noreplace(void *at, size_t nr_pages)
{
	return mmap(at, nr_pages * PAGE, PROT_READ,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

TEST()
{
	char *p = map_anon(8, PROT_READ | PROT_WRITE);

	memset(p, 5, 8 * PAGE);
	CHECK_ERR(noreplace(p, 8), EEXIST);
	CHECK_ERR(noreplace(p + 3 * PAGE, 1), EEXIST);
	CHECK_OK(munmap(p + 2 * PAGE, 3 * PAGE));
	CHECK_ERR(noreplace(p + PAGE, 2), EEXIST);
	CHECK_ERR(noreplace(p + 4 * PAGE, 2), EEXIST);
	CHECK_ERR(noreplace(p + PAGE, 6), EEXIST);
	CHECK_ERR(noreplace(p + 2 * PAGE + 1, 1), EINVAL);
	CHECK(noreplace(p + 2 * PAGE, 3) == p + 2 * PAGE);
	CHECK_ALL(p, 5, 2 * PAGE);
	CHECK_ALL(p + 2 * PAGE, 0, 3 * PAGE);
	CHECK_ALL(p + 5 * PAGE, 5, 3 * PAGE);
}

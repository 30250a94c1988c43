// SPDX-License-Identifier: MIT
/*
 * mmap_fixed.c: MAP_FIXED puts the mapping exactly there and replaces what was mapped: wholly, in
 * the middle (which splits the old mapping), and across several mappings and holes.
 */
#include "test.h"

#define MAP(at, n, prot)                                                                           \
	CHECK_OK(mmap(at, (n)*PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0))

TEST()
{
	char *p = map_anon(10, PROT_READ | PROT_WRITE);

	memset(p, 1, 10 * PAGE);
	CHECK(MAP(p + 3 * PAGE, 2, PROT_READ) == p + 3 * PAGE);
	CHECK_MAPS(p, 10, "3rw- 2r-- 5rw-");
	CHECK_ALL(p, 1, 3 * PAGE);
	CHECK_ALL(p + 3 * PAGE, 0, 2 * PAGE);
	CHECK_ALL(p + 5 * PAGE, 1, 5 * PAGE);

	CHECK_OK(munmap(p + 7 * PAGE, PAGE));
	CHECK(MAP(p + PAGE, 8, PROT_READ) == p + PAGE);
	CHECK_MAPS(p, 10, "1rw- 8r-- 1rw-");
	CHECK_ALL(p + PAGE, 0, 8 * PAGE);
	CHECK_ALL(p + 9 * PAGE, 1, PAGE);

	/* The very same range again. */
	memset(p, 2, PAGE);
	CHECK(MAP(p, 10, PROT_READ | PROT_WRITE) == p);
	CHECK_MAPS(p, 10, "10rw-");
	CHECK_ALL(p, 0, 10 * PAGE);
}

// SPDX-License-Identifier: MIT
/*
 * mmap_merge.c: Neighbouring anonymous mappings of the same protection are one line of
 * /proc/self/maps; of different protection or kind they are not.
 */
#include "test.h"

#define FIXED(at, n, prot, kind)                                                                   \
	CHECK_OK(mmap(at, (n)*PAGE, prot, (kind) | MAP_ANONYMOUS | MAP_FIXED, -1, 0))

TEST()
{
	int rw = PROT_READ | PROT_WRITE;
	char *p = map_anon(10, PROT_NONE) + PAGE; /* a page apart from its neighbours */

	CHECK_OK(munmap(p, 8 * PAGE));
	FIXED(p, 2, rw, MAP_PRIVATE);
	FIXED(p + 2 * PAGE, 2, rw, MAP_PRIVATE);
	CHECK_MAPS(p, 8, "4rw-");
	FIXED(p + 6 * PAGE, 2, rw, MAP_PRIVATE);
	CHECK_MAPS(p, 8, "4rw- 2rw-");
	FIXED(p + 4 * PAGE, 2, rw, MAP_PRIVATE);
	CHECK_MAPS(p, 8, "8rw-");
	FIXED(p + 3 * PAGE, 1, PROT_READ, MAP_PRIVATE);
	CHECK_MAPS(p, 8, "3rw- 1r-- 4rw-");
	FIXED(p + 3 * PAGE, 1, rw, MAP_SHARED);
	CHECK_MAPS(p, 8, "3rw- 1rw- 4rw-");
}

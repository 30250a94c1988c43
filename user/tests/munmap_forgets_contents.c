// SPDX-License-Identifier: MIT
/*
 * munmap_forgets_contents.c: Memory mapped again at the place of an unmapped one is zeros, never
 * the old contents.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(16, PROT_READ | PROT_WRITE);

	for (int round = 0; round < 8; round++) {
		CHECK_ALL(p, 0, 16 * PAGE);
		memset(p, 0xff, 16 * PAGE);
		CHECK_OK(munmap(p, 16 * PAGE));
		CHECK(mmap(p, 16 * PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == p);
	}
}

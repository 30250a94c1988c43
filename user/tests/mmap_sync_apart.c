// SPDX-License-Identifier: MIT
/*
 * mmap_sync_apart.c: MAP_SYNC means nothing with MAP_SHARED and for memory that is no file's on a
 * disk, but is remembered ("sf" in smaps): such a mapping does not become one with a neighbour
 * without it.
 */
#include "seals.h"

TEST()
{
	int fd = make_memfd(4), fixed = MAP_FIXED | MAP_SHARED;
	char *p = CHECK_OK(mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0));

	CHECK_OK(mmap(p + PAGE, PAGE, PROT_READ, fixed | MAP_SYNC, fd, PAGE));
	CHECK_MAPS(p, 4, "1r-- 1r-- 2r--");
	CHECK_OK(mmap(p + 2 * PAGE, PAGE, PROT_READ, fixed | MAP_SYNC, fd, 2 * PAGE));
	CHECK_MAPS(p, 4, "1r-- 2r-- 1r--");
	CHECK_OK(mmap(p + PAGE, 2 * PAGE, PROT_READ, fixed, fd, PAGE));
	CHECK_MAPS(p, 4, "4r--");
}

// SPDX-License-Identifier: MIT
/*
 * mremap_locked.c: A locked mapping stays locked where it moves, is populated where it grows (but not with
 * MLOCK_ONFAULT), and VmLck follows: also for what shrinks, and for a second mapping of shared memory.
 */
#include "residence.h"

#define RW (PROT_READ | PROT_WRITE)

static long locked_pages(void)
{
	char text[8192], *at;

	read_text("/proc/self/status", text, sizeof(text));
	at = strstr(text, "VmLck:");
	CHECK(at != NULL);
	return strtol(at + 6, NULL, 10) / 4;
}

/* nr_pages in a place of their own, with room for as many more behind. */
static char *island(size_t nr_pages)
{
	char *p = map_anon(2 * nr_pages + 2, PROT_NONE) + PAGE;

	CHECK_OK(munmap(p + nr_pages * PAGE, nr_pages * PAGE));
	return CHECK_OK(
		mmap(p, nr_pages * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
}

TEST()
{
	char *shared = map_shared(4), *to = map_anon(8, PROT_NONE), *p = island(4);

	CHECK_OK(mlock(p, 4 * PAGE));
	p[0] = 1;
	CHECK(mremap(p, 4 * PAGE, 6 * PAGE, 0) == p);
	CHECK_EQ(resident(p, 6), 6);
	CHECK_EQ(locked_pages(), 6);
	CHECK(mremap(p, 6 * PAGE, 7 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
	CHECK_EQ(smaps_flag(to, "lo"), true);
	CHECK_EQ(resident(to, 7), 7);
	CHECK_EQ(to[0], 1);
	CHECK_EQ(locked_pages(), 7);
	CHECK(mremap(to, 7 * PAGE, 2 * PAGE, 0) == to);
	CHECK_EQ(locked_pages(), 2);
	CHECK_OK(munmap(to, 2 * PAGE));

	p = island(4); /* nothing was mapped since: its hole stays free */
	CHECK_OK(mlock2(p, 4 * PAGE, MLOCK_ONFAULT));
	CHECK(mremap(p, 4 * PAGE, 6 * PAGE, 0) == p);
	CHECK_EQ(locked_pages(), 6);
	CHECK_OK(munlock(p, 6 * PAGE));

	CHECK_OK(mlock(shared, 4 * PAGE));
	to = CHECK_OK(mremap(shared, 0, 4 * PAGE, MREMAP_MAYMOVE));
	CHECK_EQ(smaps_flag(to, "lo"), true);
	CHECK_EQ(locked_pages(), 8);
	CHECK_OK(munmap(shared, 4 * PAGE));
	CHECK_EQ(locked_pages(), 4);
}

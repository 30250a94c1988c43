// SPDX-License-Identifier: MIT
/*
 * mremap_dontunmap_locked.c: MREMAP_DONTUNMAP takes the lock along. What it leaves behind is not
 * locked any more, and stays a mapping of its own.
 */
#include "residence.h"
#include "seals.h"

static bool is_locked(const char *p)
{
	char flags[512];

	smaps_field(p, "VmFlags:", flags, sizeof(flags));
	return strstr(flags, " lo") != NULL;
}

static char *move(char *p, size_t nr_pages)
{
	return CHECK_OK(
		mremap(p, nr_pages * PAGE, nr_pages * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP));
}

TEST()
{
	int fd = make_memfd(4);
	char *p = CHECK_OK(mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0)), *moved;

	CHECK_OK(mlock(p + 3 * PAGE, PAGE));
	moved = move(p + 3 * PAGE, 1);
	CHECK_EQ(is_locked(moved), true);
	CHECK_EQ(is_locked(p + 3 * PAGE), false);
	CHECK_MAPS(p, 4, "3r-- 1r--");
	/* Of a part: some kernels after 6.1 unlock all of the mapping. */
	CHECK_OK(mlock(p, 3 * PAGE));
	moved = move(p + PAGE, 1);
	CHECK_EQ(is_locked(moved), true);
	if (on_vellum()) {
		CHECK_MAPS(p, 4, "1r-- 1r-- 1r-- 1r--");
		CHECK_EQ(is_locked(p), true);
		CHECK_EQ(is_locked(p + PAGE), false);
		CHECK_EQ(is_locked(p + 2 * PAGE), true);
	}
}

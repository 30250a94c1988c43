// SPDX-License-Identifier: MIT
/*
 * madvise_free_lazy.c: MADV_FREE takes nothing away at once: the pages stay, are resident and count
 * as LazyFree in smaps; a page that is stored to is kept, and counts no more.
 */
#include "residence.h"

TEST()
{
	char *p = map_anon(6, PROT_READ | PROT_WRITE) + PAGE;

	/* A mapping of its own: what lies around is not to be merged with it. */
	CHECK_OK(mprotect(p - PAGE, PAGE, PROT_NONE));
	CHECK_OK(mprotect(p + 4 * PAGE, PAGE, PROT_NONE));
	memset(p, 7, 4 * PAGE);
	CHECK_EQ(smaps_kb(p, "LazyFree:"), 0);
	CHECK_OK(madvise(p, 3 * PAGE, MADV_FREE));
	CHECK_EQ(resident(p, 4), 4);
	/* Linux takes its pages to the list in batches, one CPU after the other. */
	if (on_vellum())
		CHECK_EQ(smaps_kb(p, "LazyFree:"), 12);
	CHECK_ALL(p + 3 * PAGE, 7, PAGE);
	p[PAGE] = 9;
	CHECK_EQ(p[PAGE], 9);
	if (on_vellum())
		CHECK_EQ(smaps_kb(p, "LazyFree:"), 8);
	CHECK_OK(madvise(p, 4 * PAGE, MADV_DONTNEED));
	CHECK_EQ(smaps_kb(p, "LazyFree:"), 0);
	CHECK_ALL(p, 0, 4 * PAGE);
}

// SPDX-License-Identifier: MIT
/*
 * madvise_pageout_lazy.c: MADV_PAGEOUT of private memory without swap: what was given up by MADV_FREE
 * goes and reads as zeros, what is in use stays as it is.
 */
#include "residence.h"

TEST()
{
	char *p = map_anon(3, PROT_READ | PROT_WRITE);

	memset(p, 4, 3 * PAGE);
	CHECK_OK(madvise(p + PAGE, 2 * PAGE, MADV_FREE));
	p[2 * PAGE] = 5;
	CHECK_OK(madvise(p, 3 * PAGE, MADV_PAGEOUT));
	/* On a host there may be swap, and the list of lazy pages lags behind. */
	if (on_vellum()) {
		CHECK_EQ(resident(p, 1), 1);
		CHECK_EQ(resident(p + PAGE, 1), 0);
		CHECK_ALL(p + PAGE, 0, PAGE);
	}
	CHECK_ALL(p, 4, PAGE);
	CHECK_EQ(p[2 * PAGE], 5);
	CHECK_ALL(p + 2 * PAGE + 1, 4, PAGE - 1);
}

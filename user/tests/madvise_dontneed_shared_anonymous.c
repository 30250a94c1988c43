// SPDX-License-Identifier: MIT
/*
 * madvise_dontneed_shared_anonymous.c: MADV_DONTNEED on shared anonymous memory loses nothing.
 */
#include "test.h"

TEST()
{
	char *p = map_shared(2);

	memset(p, 3, 2 * PAGE);
	CHECK_OK(madvise(p, 2 * PAGE, MADV_DONTNEED));
	CHECK_ALL(p, 3, 2 * PAGE);
}

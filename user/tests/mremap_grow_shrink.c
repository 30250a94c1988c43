// SPDX-License-Identifier: MIT
/*
 * mremap_grow_shrink.c: mremap: shrinks by unmapping the end, grows where there is room, moves with
 * MREMAP_MAYMOVE where there is none; contents stay, what is new is zero.
 */
#include "test.h"

TEST()
{
	int rw = PROT_READ | PROT_WRITE;
	char *area = map_anon(16, PROT_NONE), *p, *q;

	p = CHECK_OK(mmap(area, 4 * PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	memset(p, 3, 4 * PAGE);
	CHECK_OK(munmap(area + 4 * PAGE, 8 * PAGE));
	CHECK_EQ(mremap(p, 4 * PAGE, 4 * PAGE, 0), p);
	CHECK_EQ(mremap(p, 4 * PAGE, 6 * PAGE, 0), p);
	CHECK_ALL(p, 3, 4 * PAGE);
	CHECK_ALL(p + 4 * PAGE, 0, 2 * PAGE);
	CHECK_EQ(mremap(p, 6 * PAGE, 3 * PAGE - 5, 0), p);
	CHECK_MAPS(p, 12, "3rw-");
	CHECK_ALL(p, 3, 3 * PAGE);

	/* Something is in the way. */
	EXPECT_ERR(mremap(p, 3 * PAGE, 13 * PAGE, 0), ENOMEM);
	CHECK_ALL(p, 3, 3 * PAGE);
	q = CHECK_OK(mremap(p, 3 * PAGE, 13 * PAGE, MREMAP_MAYMOVE));
	CHECK(q != p);
	CHECK_ALL(q, 3, 3 * PAGE);
	CHECK_ALL(q + 3 * PAGE, 0, 10 * PAGE);
	CHECK_FAULT(TOUCH_READ, p, SIGSEGV, SEGV_MAPERR);
	/* A part of a mapping moves alone. */
	memset(q, 4, PAGE);
	p = CHECK_OK(mremap(q + PAGE, PAGE, 20 * PAGE, MREMAP_MAYMOVE));
	CHECK_ALL(p, 3, PAGE);
	CHECK_ALL(q, 4, PAGE);
	CHECK_FAULT(TOUCH_READ, q + PAGE, SIGSEGV, SEGV_MAPERR);
	CHECK_ALL(q + 2 * PAGE, 3, PAGE);
}

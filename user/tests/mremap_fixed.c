// SPDX-License-Identifier: MIT
/*
 * mremap_fixed.c: MREMAP_FIXED moves to just there and replaces what was there; MREMAP_DONTUNMAP
 * leaves an empty mapping behind; with an old size of 0 a shared mapping is mapped once more.
 */
#include "test.h"

TEST_IN_DIR()
{
	int fd = make_file("a", 2 * PAGE), rw = PROT_READ | PROT_WRITE;
	char *p = map_anon(2, rw), *to = map_anon(4, rw), *shared, *again;

	memset(p, 1, 2 * PAGE);
	memset(to, 2, 4 * PAGE);
	CHECK_EQ(
		mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to + PAGE), to + PAGE);
	CHECK_ALL(to, 2, PAGE);
	CHECK_ALL(to + PAGE, 1, 2 * PAGE);
	CHECK_ALL(to + 3 * PAGE, 2, PAGE);
	CHECK_FAULT(TOUCH_READ, p, SIGSEGV, SEGV_MAPERR);
	/* To a smaller size: the rest goes. */
	CHECK_OK(munmap(to, 4 * PAGE));
	to = map_anon(4, rw);
	memset(to, 2, PAGE);
	memset(to + PAGE, 1, 3 * PAGE);
	p = map_anon(2, PROT_NONE);
	CHECK_EQ(mremap(to, 4 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, p), p);
	CHECK_ALL(p, 2, PAGE);
	CHECK_ALL(p + PAGE, 1, PAGE);
	CHECK_FAULT(TOUCH_READ, to + 3 * PAGE, SIGSEGV, SEGV_MAPERR);

	to = mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	CHECK(to != MAP_FAILED && to != p);
	CHECK_ALL(to, 2, PAGE);
	CHECK_ALL(p, 0, 2 * PAGE);
	p[0] = 9;
	CHECK_EQ(to[0], 2);

	shared = CHECK_OK(mmap(NULL, 2 * PAGE, rw, MAP_SHARED, fd, 0));
	again = CHECK_OK(mremap(shared, 0, 2 * PAGE, MREMAP_MAYMOVE));
	CHECK(again != shared);
	shared[PAGE] = 'n';
	CHECK_EQ(again[PAGE], 'n');
	EXPECT_ERR(mremap(map_anon(1, rw), 0, PAGE, MREMAP_MAYMOVE), EINVAL);
}

// SPDX-License-Identifier: MIT
/*
 * madvise_map_count.c: Advice that would split a mapping when there are as many as may be
 * (vm.max_map_count) is EAGAIN.
 */
#include "test.h"

TEST()
{
	char text[32], *p;
	long limit, nr;

	read_text("/proc/sys/vm/max_map_count", text, sizeof(text));
	limit = strtol(text, NULL, 10);
	if (limit > 70000)
		skip("vm.max_map_count is %ld: too many to make", limit);
	p = map_anon(2 * limit + 8, PROT_READ);
	/* Every second page gets other rights, until nothing can be split any more. */
	for (nr = 0; nr < limit; nr++)
		if (mprotect(p + (2 * nr + 1) * PAGE, PAGE, PROT_NONE) < 0)
			break;
	CHECK_EQ(errno, ENOMEM);
	CHECK(nr > limit / 2 - 100 && nr <= limit / 2);
	EXPECT_ERR(madvise(p + (2 * nr + 2) * PAGE, PAGE, MADV_DONTDUMP), EAGAIN);
	CHECK_OK(munmap(p, (2 * limit + 8) * PAGE));
}

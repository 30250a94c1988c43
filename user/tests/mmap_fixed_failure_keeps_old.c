// SPDX-License-Identifier: MIT
/*
 * mmap_fixed_failure_keeps_old.c: A MAP_FIXED that fails for its arguments leaves the old mapping
 * alone.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(2, PROT_READ | PROT_WRITE);

	memset(p, 7, 2 * PAGE);
	CHECK_ERR(mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, 999, 0), EBADF);
	CHECK_ERR(mmap(p, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), EINVAL);
	CHECK_ERR(mmap(p, PAGE, PROT_READ, MAP_ANONYMOUS | MAP_FIXED, -1, 0), EINVAL);
	CHECK_ERR(mmap(p, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 1), EINVAL);
	CHECK_ALL(p, 7, 2 * PAGE);
	CHECK_CAN(TOUCH_WRITE, p);
}

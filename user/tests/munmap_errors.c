// SPDX-License-Identifier: MIT
/*
 * munmap_errors.c: munmap: EINVAL for an address off the page, for length 0 and for a range beyond
 * user space.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(2, PROT_READ | PROT_WRITE);

	EXPECT_ERR(munmap(p + 1, PAGE), EINVAL);
	EXPECT_ERR(munmap(p + 8, PAGE), EINVAL);
	EXPECT_ERR(munmap(p, 0), EINVAL);
	EXPECT_ERR(munmap((void *)0xffff800000000000, PAGE), EINVAL);
	EXPECT_ERR(munmap((void *)0x800000000000, PAGE), EINVAL);
	EXPECT_ERR(munmap(p, 1UL << 47), EINVAL);
	EXPECT_ERR(syscall(SYS_munmap, p, -PAGE), EINVAL);
	EXPECT_ERR(syscall(SYS_munmap, p, -1UL), EINVAL);
	CHECK_CAN(TOUCH_WRITE, p);
}

// SPDX-License-Identifier: MIT
/*
 * mincore_errors.c: mincore: EINVAL for an address off the page, ENOMEM for what is not mapped or no
 * user address, EFAULT for the vector; length 0 is fine.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(3, PROT_READ);
	unsigned char vec[3];

	EXPECT_ERR(mincore(p + 1, PAGE, vec), EINVAL);
	EXPECT_EQ(mincore(p, 0, vec), 0);
	CHECK_OK(munmap(p + PAGE, PAGE));
	EXPECT_ERR(mincore(p, 3 * PAGE, vec), ENOMEM);
	EXPECT_ERR(mincore(p + PAGE, PAGE, vec), ENOMEM);
	EXPECT_ERR(mincore(p, -PAGE, vec), ENOMEM);
	EXPECT_ERR(mincore((void *)-PAGE, PAGE, vec), ENOMEM);
	EXPECT_ERR(mincore(p, PAGE, (void *)8), EFAULT);
	EXPECT_ERR(mincore(p, PAGE, (void *)p), EFAULT);
	EXPECT_ERR(mincore(p, PAGE, (void *)-PAGE), EFAULT);
}

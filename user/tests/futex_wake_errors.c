// SPDX-License-Identifier: MIT
/*
 * futex_wake_errors.c: FUTEX_WAKE: EINVAL for an address that is not aligned and a bitset of zeros,
 * EFAULT for memory that is not there, if it may be shared; a private one is only an address.
 */
#include "thread.h"

TEST()
{
	static unsigned word;
	char *hole = map_anon(1, PROT_NONE);

	EXPECT_ERR(futex((char *)&word + 1, FUTEX_WAKE, 1, NULL, NULL, 0), EINVAL);
	EXPECT_ERR(futex((char *)&word + 2, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), EINVAL);
	EXPECT_ERR(futex(&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0), EINVAL);
	EXPECT_ERR(futex(hole, FUTEX_WAKE, 1, NULL, NULL, 0), EFAULT);
	EXPECT_EQ(futex(hole, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
	CHECK_OK(munmap(hole, PAGE));
	EXPECT_ERR(futex(hole, FUTEX_WAKE, 1, NULL, NULL, 0), EFAULT);
	EXPECT_EQ(futex(hole, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
	EXPECT_ERR(futex((void *)-4096L, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), EFAULT);
	EXPECT_ERR(futex((void *)-4096L, FUTEX_WAKE, 1, NULL, NULL, 0), EFAULT);
}

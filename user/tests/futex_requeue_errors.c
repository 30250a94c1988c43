// SPDX-License-Identifier: MIT
/*
 * futex_requeue_errors.c: FUTEX_REQUEUE and FUTEX_CMP_REQUEUE: EINVAL for negative numbers and
 * addresses that are not aligned, EFAULT for memory that is not there, EAGAIN for another value.
 */
#include "thread.h"

TEST()
{
	static unsigned a = 3, b;
	char *hole = map_anon(1, PROT_NONE);

	EXPECT_ERR(futex2(&a, FUTEX_REQUEUE, -1, 1, &b, 0), EINVAL);
	EXPECT_ERR(futex2(&a, FUTEX_REQUEUE, 1, -1, &b, 0), EINVAL);
	EXPECT_ERR(futex2(&a, FUTEX_CMP_REQUEUE, -1, 1, &b, 3), EINVAL);
	EXPECT_ERR(futex2(&a, FUTEX_CMP_REQUEUE, 1, -1, &b, 3), EINVAL);
	EXPECT_ERR(futex2((char *)&a + 1, FUTEX_CMP_REQUEUE, 1, 1, &b, 3), EINVAL);
	EXPECT_ERR(futex2(&a, FUTEX_CMP_REQUEUE, 1, 1, (char *)&b + 2, 3), EINVAL);
	EXPECT_ERR(futex2(&a, FUTEX_CMP_REQUEUE, 1, 1, &b, 4), EAGAIN);
	EXPECT_ERR(futex2(hole, FUTEX_CMP_REQUEUE, 1, 1, &b, 3), EFAULT);
	EXPECT_ERR(futex2(hole, FUTEX_CMP_REQUEUE_PRIVATE, 1, 1, &b, 3), EFAULT);
	EXPECT_ERR(futex2(&a, FUTEX_CMP_REQUEUE, 1, 1, hole, 3), EFAULT);
	EXPECT_EQ(futex2(&a, FUTEX_CMP_REQUEUE_PRIVATE, 1, 1, hole, 3), 0);
	EXPECT_EQ(futex2(&a, FUTEX_CMP_REQUEUE, 1, 1, &b, 3), 0);
	EXPECT_EQ(futex2(&a, FUTEX_CMP_REQUEUE, 1, 1, &a, 3), 0);
}

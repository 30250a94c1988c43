// SPDX-License-Identifier: MIT
/*
 * futex_wait_errors.c: each errno of FUTEX_WAIT and FUTEX_WAIT_BITSET that comes without sleeping:
 * EAGAIN, EINVAL, EFAULT, ENOSYS.
 */
#include "thread.h"

TEST()
{
	static unsigned word = 5;
	struct timespec none = { 0, 0 }, negative = { -1, 0 }, big = { 0, 1000000000 },
			below = { 0, -1 };
	char *hole = map_anon(1, PROT_NONE);
	char *bytes = (char *)&word;

	EXPECT_ERR(futex(&word, FUTEX_WAIT, 4, NULL, NULL, 0), EAGAIN);
	EXPECT_ERR(futex(&word, FUTEX_WAIT_PRIVATE, 4, NULL, NULL, 0), EAGAIN);
	EXPECT_ERR(futex(&word, FUTEX_WAIT_BITSET, 4, NULL, NULL, 1), EAGAIN);
	EXPECT_ERR(futex(bytes + 1, FUTEX_WAIT, 5, &none, NULL, 0), EINVAL);
	EXPECT_ERR(futex(bytes + 2, FUTEX_WAIT_PRIVATE, 5, &none, NULL, 0), EINVAL);
	EXPECT_ERR(futex(&word, FUTEX_WAIT_BITSET, 5, &none, NULL, 0), EINVAL);
	EXPECT_ERR(futex(&word, FUTEX_WAIT, 5, &negative, NULL, 0), EINVAL);
	EXPECT_ERR(futex(&word, FUTEX_WAIT, 5, &big, NULL, 0), EINVAL);
	EXPECT_ERR(futex(&word, FUTEX_WAIT, 5, &below, NULL, 0), EINVAL);
	/* The timeout is looked at first: a wrong one is an error even where the value differs. */
	EXPECT_ERR(futex(&word, FUTEX_WAIT, 4, &big, NULL, 0), EINVAL);
	EXPECT_ERR(futex(&word, FUTEX_WAIT, 5, hole, NULL, 0), EFAULT);
	EXPECT_ERR(futex(hole, FUTEX_WAIT, 5, &none, NULL, 0), EFAULT);
	EXPECT_ERR(futex(hole, FUTEX_WAIT_PRIVATE, 5, &none, NULL, 0), EFAULT);
	CHECK_OK(munmap(hole, PAGE));
	EXPECT_ERR(futex(hole, FUTEX_WAIT, 5, &none, NULL, 0), EFAULT);
	EXPECT_ERR(futex(NULL, FUTEX_WAIT, 5, &none, NULL, 0), EFAULT);
	EXPECT_ERR(futex((void *)-4096L, FUTEX_WAIT_PRIVATE, 5, &none, NULL, 0), EFAULT);
	EXPECT_ERR(futex((void *)0x8000000000000000, FUTEX_WAIT, 5, &none, NULL, 0), EFAULT);
	EXPECT_ERR(futex(&word, 99, 5, &none, NULL, 0), ENOSYS);
	EXPECT_ERR(futex(&word, FUTEX_FD, 5, &none, NULL, 0), ENOSYS);
	EXPECT_ERR(futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, NULL, NULL, 0), ENOSYS);
	/* The manual page has FUTEX_WAIT take this clock since 4.5; it does not since 5.14. */
	EXPECT_ERR(futex(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 5, &none, NULL, 0), ENOSYS);
	EXPECT_ERR(futex(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 5, &big, NULL, 0), EINVAL);
	EXPECT_ERR(futex(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 5, hole, NULL, 0), EFAULT);
	/* Read-only memory is good enough to wait for. */
	hole = map_anon(1, PROT_READ | PROT_WRITE);
	hole[0] = 5;
	CHECK_OK(mprotect(hole, PAGE, PROT_READ));
	EXPECT_ERR(futex(hole, FUTEX_WAIT_PRIVATE, 5, &none, NULL, 0), ETIMEDOUT);
	/* ... but not between processes, if it is private: it has no name that others know. */
	EXPECT_ERR(futex(hole, FUTEX_WAIT, 5, &none, NULL, 0), EFAULT);
}

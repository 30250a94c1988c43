// SPDX-License-Identifier: MIT
/*
 * futex_timeout.c: FUTEX_WAIT's timeout is relative, FUTEX_WAIT_BITSET's absolute, of
 * CLOCK_MONOTONIC or CLOCK_REALTIME; none of them ends too early, one in the past at once.
 */
#include "thread.h"

#define MS 1000000L

static unsigned word;

static struct timespec at(long long ns)
{
	return (struct timespec){ ns / 1000000000, ns % 1000000000 };
}

TEST()
{
	struct timespec t;
	long long begin;

	begin = now_ns(CLOCK_MONOTONIC);
	t = at(30 * MS);
	CHECK_ERR(futex(&word, FUTEX_WAIT_PRIVATE, 0, &t, NULL, 0), ETIMEDOUT);
	CHECK(now_ns(CLOCK_MONOTONIC) - begin >= 30 * MS);

	/* Since Linux 5.14, whatever futex(2) says. */
	CHECK_ERR(futex(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 0, &t, NULL, 0), ENOSYS);

	begin = now_ns(CLOCK_MONOTONIC);
	t = at(begin + 30 * MS);
	CHECK_ERR(futex(&word, FUTEX_WAIT_BITSET, 0, &t, NULL, -1), ETIMEDOUT);
	CHECK(now_ns(CLOCK_MONOTONIC) - begin >= 30 * MS);
	/* That time has passed now: it does not sleep. */
	CHECK_ERR(futex(&word, FUTEX_WAIT_BITSET, 0, &t, NULL, -1), ETIMEDOUT);

	begin = now_ns(CLOCK_REALTIME);
	t = at(begin + 30 * MS);
	CHECK_ERR(
		futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &t, NULL, -1), ETIMEDOUT);
	CHECK(now_ns(CLOCK_REALTIME) - begin >= 30 * MS);
	t = at(1);
	CHECK_ERR(
		futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &t, NULL, -1), ETIMEDOUT);
}

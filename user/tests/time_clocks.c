// SPDX-License-Identifier: MIT
/*
 * time_clocks.c: The clocks: CLOCK_MONOTONIC never goes back and moves with sleep; REALTIME,
 * gettimeofday and time agree; resolutions; unknown clocks are EINVAL.
 */
#include "test.h"

TEST()
{
	struct timespec real, resolution;
	struct timeval day;
	long long last = now_ns(CLOCK_MONOTONIC), start = last;

	for (int i = 0; i < 20000; i++) {
		long long now = now_ns(CLOCK_MONOTONIC);

		CHECK(now >= last);
		last = now;
	}
	CHECK(last > start);
	CHECK_OK(clock_gettime(CLOCK_REALTIME, &real));
	CHECK_OK(gettimeofday(&day, NULL));
	CHECK_EQ(labs(real.tv_sec - day.tv_sec) <= 5, 1);
	CHECK_EQ(labs(real.tv_sec - time(NULL)) <= 5, 1);
	CHECK_EQ(real.tv_sec > 1600000000, 1);
	CHECK_EQ(real.tv_nsec >= 0 && real.tv_nsec < 1000000000, 1);
	CHECK_OK(clock_getres(CLOCK_MONOTONIC, &resolution));
	CHECK_EQ(resolution.tv_sec, 0);
	CHECK(resolution.tv_nsec > 0 && resolution.tv_nsec <= 10000000);
	CHECK_EQ(now_ns(CLOCK_BOOTTIME) > 0, 1);
	CHECK_EQ(now_ns(CLOCK_MONOTONIC_COARSE) > 0, 1);
	CHECK_EQ(now_ns(CLOCK_MONOTONIC_RAW) > 0, 1);
	CHECK_ERR(syscall(SYS_clock_gettime, 999, &real), EINVAL);
	CHECK_ERR(syscall(SYS_clock_getres, 999, &real), EINVAL);
}

// SPDX-License-Identifier: MIT
/*
 * [vdso]: code of the kernel's that runs in the program, unprivileged. A C library finds it by
 * AT_SYSINFO_EHDR and calls it where it would make the system call (vdso(7)); what it cannot answer
 * from [vvar] it asks by the system call.
 *
 * Linked by itself (vdso.lds): nothing of the kernel is here but what is inline in headers.
 */
#include <asm/unistd.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include "arch/clock.h"
#include "arch/vdso.h"

/* All clocks are as fine as the TSC, the coarse ones too. */
#define REALTIME_CLOCKS (1u << CLOCK_REALTIME | 1u << CLOCK_REALTIME_COARSE | 1u << CLOCK_TAI)
#define MONOTONIC_CLOCKS                                                                           \
	(1u << CLOCK_MONOTONIC | 1u << CLOCK_MONOTONIC_RAW | 1u << CLOCK_MONOTONIC_COARSE |        \
		1u << CLOCK_BOOTTIME)

#define EXPORT __attribute__((visibility("default")))

EXPORT int __vdso_clock_gettime(int clock, struct __kernel_timespec *to);
EXPORT int __vdso_clock_getres(int clock, struct __kernel_timespec *to);
EXPORT int __vdso_gettimeofday(struct __kernel_old_timeval *to, struct timezone *zone);
EXPORT __kernel_old_time_t __vdso_time(__kernel_old_time_t *to);

static s64 system_call(u64 nr, u64 first, void *second)
{
	s64 result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(first), "S"(second)
			 : "rcx", "r11", "memory");
	return result;
}

/* Not before what the program did last is done: else a thread could read a time that is older than
 * one which another told it. */
static nsec_t monotonic(void)
{
	u32 lo, hi;

	__asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return vdso_monotonic(&vdso_data, (u64)hi << 32 | lo);
}

static nsec_t realtime(void)
{
	return monotonic() + __atomic_load_n(&vdso_data.realtime_offset, __ATOMIC_RELAXED);
}

static bool is_one_of(u32 clocks, int clock)
{
	return (u32)clock < 32 && (clocks >> clock & 1);
}

int __vdso_clock_gettime(int clock, struct __kernel_timespec *to)
{
	nsec_t ns;

	if (is_one_of(MONOTONIC_CLOCKS, clock))
		ns = monotonic();
	else if (is_one_of(REALTIME_CLOCKS, clock))
		ns = realtime();
	else
		return (int)system_call(__NR_clock_gettime, (u64)clock, to);
	to->tv_sec = (s64)(ns / NSEC_PER_SEC);
	to->tv_nsec = (s64)(ns % NSEC_PER_SEC);
	return 0;
}

int __vdso_clock_getres(int clock, struct __kernel_timespec *to)
{
	return (int)system_call(__NR_clock_getres, (u64)clock, to);
}

int __vdso_gettimeofday(struct __kernel_old_timeval *to, struct timezone *zone)
{
	nsec_t ns = realtime();

	if (zone)
		return (int)system_call(__NR_gettimeofday, (u64)to, zone);
	if (to) {
		to->tv_sec = (s64)(ns / NSEC_PER_SEC);
		to->tv_usec = (s64)(ns % NSEC_PER_SEC / NSEC_PER_USEC);
	}
	return 0;
}

__kernel_old_time_t __vdso_time(__kernel_old_time_t *to)
{
	__kernel_old_time_t seconds = (s64)(realtime() / NSEC_PER_SEC);

	if (to)
		*to = seconds;
	return seconds;
}

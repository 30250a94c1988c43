// SPDX-License-Identifier: MIT
/*
 * efault_memory_calls.c: Odd addresses and lengths in the calls on memory: no address ever hurts the
 * kernel, and each call says what the order of its checks makes of them: EINVAL for an address off the
 * page; munmap EINVAL for what is empty or leaves user space, madvise for what wraps around; the others
 * ENOMEM for it; nothing for an empty range.
 */
#include "test.h"

#define TOP 0x7ffffffff000UL /* the first address that no user has */

static unsigned long round_up(unsigned long len)
{
	return (len + PAGE - 1) & -PAGE;
}

static int munmap_says(unsigned long at, unsigned long len)
{
	return len == 0 || at > TOP || len > TOP - at ? EINVAL : 0;
}

static int mprotect_says(unsigned long at, unsigned long len)
{
	(void)at;
	return len ? ENOMEM : 0;
}

static int madvise_says(unsigned long at, unsigned long len)
{
	unsigned long end = at + round_up(len);

	if ((len && !round_up(len)) || end < at)
		return EINVAL;
	return end == at ? 0 : ENOMEM;
}

static int msync_says(unsigned long at, unsigned long len)
{
	(void)at;
	return round_up(len) ? ENOMEM : 0;
}

static const struct {
	const char *name;
	int number, argument;
	int (*says)(unsigned long at,
		unsigned long len); /* of an address on a page, where nothing is */
} calls[] = {
	{ "mprotect", SYS_mprotect, PROT_READ, mprotect_says },
	{ "munmap", SYS_munmap, 0, munmap_says },
	{ "madvise", SYS_madvise, MADV_DONTNEED, madvise_says },
	{ "msync", SYS_msync, MS_SYNC, msync_says },
};

static void try_all(unsigned long at, unsigned long len)
{
	for (size_t i = 0; i < NR_ITEMS(calls); i++) {
		long result = syscall(calls[i].number, at, len, calls[i].argument);
		int got = result < 0 ? errno : 0;
		int wanted = at % PAGE ? EINVAL : calls[i].says(at, len);

		if (got != wanted)
			EXPECT_FAILED("%s(%#lx, %#lx): error %d, expected %d", calls[i].name, at,
				len, got, wanted);
	}
}

TEST()
{
	static const unsigned long odd[] = { 0, 1, 0x1000, TOP, 0x7fffffffffff, 0x800000000000,
		0xffff800000000000, 0xffffffff80000000, -4096UL, -1UL };
	static const unsigned long lens[] = { 0, 1, PAGE, 1UL << 30, 1UL << 47, 1UL << 63, -PAGE,
		-1UL };

	for (size_t i = 0; i < NR_ITEMS(odd); i++)
		for (size_t n = 0; n < NR_ITEMS(lens); n++) {
			unsigned long at = odd[i], len = lens[n];

			/* Only ranges that do not touch what the program needs. */
			if (at + len > 0x10000 && at + len > at && at < TOP)
				continue;
			try_all(at, len);
		}
}

// SPDX-License-Identifier: MIT
/*
 * efault_memory_calls.c: The memory calls take addresses that are not read: odd ones are EINVAL or
 * ENOMEM, never a fault.
 */
#include "test.h"

TEST()
{
	static const unsigned long odd[] = { 0, 1, 0x1000, 0x7ffffffff000, 0x7fffffffffff,
		0x800000000000, 0xffff800000000000, 0xffffffff80000000, -4096UL, -1UL };
	static const unsigned long lens[] = { 0, 1, PAGE, 1UL << 30, 1UL << 47, 1UL << 63, -PAGE,
		-1UL };

	for (size_t i = 0; i < NR_ITEMS(odd); i++)
		for (size_t n = 0; n < NR_ITEMS(lens); n++) {
			unsigned long at = odd[i], len = lens[n];
			struct {
				const char *name;
				long result;
			} results[4];

			/* Only ranges that do not touch what the program needs. */
			if (at + len > 0x10000 && at < 0x800000000000 && at + len > at &&
				at < 0x7ffffffff000)
				continue;
			errno = 0;
			results[0].name = "mprotect";
			results[0].result =
				syscall(SYS_mprotect, at, len, PROT_READ) < 0 ? errno : 0;
			results[1].name = "munmap";
			results[1].result = syscall(SYS_munmap, at, len) < 0 ? errno : 0;
			results[2].name = "madvise";
			results[2].result =
				syscall(SYS_madvise, at, len, MADV_DONTNEED) < 0 ? errno : 0;
			results[3].name = "msync";
			results[3].result = syscall(SYS_msync, at, len, MS_SYNC) < 0 ? errno : 0;
			for (int r = 0; r < 4; r++) {
				long error = results[r].result;

				if (error != 0 && error != EINVAL && error != ENOMEM)
					EXPECT_FAILED("%s(%#lx, %#lx): %s", results[r].name, at,
						len, strerror(error));
			}
		}
}

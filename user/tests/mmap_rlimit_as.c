// SPDX-License-Identifier: MIT
/*
 * mmap_rlimit_as.c: RLIMIT_AS bounds the address space: mmap and brk beyond it fail with ENOMEM.
 */
#include "test.h"

TEST()
{
	struct rlimit limit = { 16 << 20, 16 << 20 };
	long brk_now = syscall(SYS_brk, 0);

	CHECK_OK(setrlimit(RLIMIT_AS, &limit));
	CHECK_ERR(mmap(NULL, 32 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
	CHECK_OK(mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	CHECK_EQ(syscall(SYS_brk, brk_now + (32 << 20)), brk_now);
}

// SPDX-License-Identifier: MIT
/*
 * fault_kernel_address.c: The kernel's half of the address space: SIGSEGV with SEGV_MAPERR and the
 * address, wherever one pokes; a non-canonical address brings SI_KERNEL and no address.
 */
#include "test.h"

TEST()
{
	static const uintptr_t kernel[] = { 0xffff800000000000, 0xffff888000000000,
		0xffffffff80000000, 0xffffffff80100000, 0xfffffffffffff000 };

	for (size_t i = 0; i < NR_ITEMS(kernel); i++) {
		EXPECT_FAULT(TOUCH_READ, kernel[i], SIGSEGV, SEGV_MAPERR);
		EXPECT_FAULT(TOUCH_WRITE, kernel[i], SIGSEGV, SEGV_MAPERR);
		EXPECT_FAULT(TOUCH_EXEC, kernel[i], SIGSEGV, SEGV_MAPERR);
	}
	TEST_TOUCH_(EXPECT_FAILED, TOUCH_READ, 0x800000000000, SIGSEGV, SI_KERNEL, 0);
	TEST_TOUCH_(EXPECT_FAILED, TOUCH_WRITE, 0x1234567800000000, SIGSEGV, SI_KERNEL, 0);
	TEST_TOUCH_(EXPECT_FAILED, TOUCH_READ, 0xffff7fffffffffff, SIGSEGV, SI_KERNEL, 0);
}

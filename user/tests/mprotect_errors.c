// SPDX-License-Identifier: MIT
/*
 * mprotect_errors.c: mprotect: EINVAL for an address off the page, unknown bits, or GROWSDOWN on a
 * mapping that does not grow; ENOMEM where nothing is mapped (and for a range that wraps); length 0
 * does nothing.
 */
#include "test.h"

/* The C library rounds the address, the system call does not. */
static long protect(char *p, size_t len, unsigned long prot)
{
	return syscall(SYS_mprotect, p, len, prot);
}

TEST()
{
	char *p = map_anon(6, PROT_READ | PROT_WRITE);

	EXPECT_ERR(protect(p + 1, PAGE, PROT_READ), EINVAL);
	EXPECT_ERR(protect(p, PAGE, 0x40), EINVAL);
	EXPECT_ERR(protect(p, PAGE, PROT_READ | 1UL << 32), EINVAL);
	EXPECT_ERR(protect(p, PAGE, PROT_READ | PROT_GROWSDOWN), EINVAL);
	EXPECT_ERR(protect(p, PAGE, PROT_READ | PROT_GROWSUP), EINVAL);
	EXPECT_ERR(protect(p, PAGE, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP), EINVAL);
	EXPECT_EQ(protect(p, 0, PROT_NONE), 0);
	CHECK_CAN(TOUCH_WRITE, p);
	CHECK_OK(munmap(p + 2 * PAGE, 2 * PAGE));
	EXPECT_ERR(protect(p + 2 * PAGE, PAGE, PROT_READ), ENOMEM);
	EXPECT_ERR(protect((char *)0xffff800000000000, PAGE, PROT_READ), ENOMEM);
	EXPECT_ERR(syscall(SYS_mprotect, p, -PAGE, PROT_READ), ENOMEM);
	/* Rounding -1 up to pages gives 0. */
	EXPECT_ERR(syscall(SYS_mprotect, p, -1UL, PROT_READ), ENOMEM);
}

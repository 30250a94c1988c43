// SPDX-License-Identifier: MIT
/*
 * pkey_none.c: Protection keys on a machine without them (pkeys(7)): pkey_alloc gives ENOSPC, after
 * EINVAL for flags and unknown rights; pkey_free EINVAL; pkey_mprotect with key -1 is mprotect, any
 * other key EINVAL.
 *
 * Linux on an x86 CPU without keys says EINVAL to the first pkey_alloc with good arguments, against
 * the manual; that is accepted. With keys there is nothing to see here.
 */
#include "test.h"

static long pkey_mprotect(char *p, size_t len, unsigned long prot, int key)
{
	return syscall(SYS_pkey_mprotect, p, len, prot, key);
}

TEST()
{
	char *p = map_anon(4, PROT_READ | PROT_WRITE);
	long key = syscall(SYS_pkey_alloc, 0, 0);

	if (key >= 0)
		skip("this machine has protection keys");
	CHECK(errno == ENOSPC || (errno == EINVAL && !on_vellum()));
	EXPECT_ERR(syscall(SYS_pkey_alloc, 1, 0), EINVAL);
	EXPECT_ERR(syscall(SYS_pkey_alloc, 0, 4), EINVAL);
	EXPECT_ERR(syscall(SYS_pkey_alloc, 0, 3), ENOSPC);
	EXPECT_ERR(syscall(SYS_pkey_free, 1), EINVAL);
	EXPECT_ERR(syscall(SYS_pkey_free, -1), EINVAL);
	EXPECT_ERR(syscall(SYS_pkey_free, 16), EINVAL);

	CHECK_OK(pkey_mprotect(p, PAGE, PROT_READ, -1));
	CHECK_MAPS(p, 4, "1r-- 3rw-");
	EXPECT_ERR(pkey_mprotect(p, PAGE, PROT_NONE, 1), EINVAL);
	EXPECT_ERR(pkey_mprotect(p, PAGE, PROT_NONE, -2), EINVAL);
	EXPECT_ERR(pkey_mprotect(p, PAGE, PROT_NONE, 16), EINVAL);
	EXPECT_ERR(pkey_mprotect(p, -PAGE, PROT_NONE, 1), ENOMEM);
	EXPECT_EQ(pkey_mprotect(p, 0, PROT_NONE, 1), 0);
	EXPECT_ERR(pkey_mprotect(p + 1, PAGE, PROT_NONE, -1), EINVAL);
	EXPECT_ERR(pkey_mprotect(p, PAGE, 0x40, -1), EINVAL);
	CHECK_OK(munmap(p + 3 * PAGE, PAGE));
	EXPECT_ERR(pkey_mprotect(p + 3 * PAGE, PAGE, PROT_READ, -1), ENOMEM);
	CHECK_MAPS(p, 3, "1r-- 2rw-");
}

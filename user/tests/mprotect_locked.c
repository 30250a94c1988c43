// SPDX-License-Identifier: MIT
/*
 * mprotect_locked.c: Locked private memory that becomes writable gets its own pages at once; what
 * else the same mprotect makes writable does not.
 */
#include "residence.h"

#define NR 6

TEST()
{
	char *p = map_anon(NR, PROT_NONE);
	long faults;

	madvise(p, NR * PAGE, MADV_NOHUGEPAGE);        /* matters on Linux only, may be unknown */
	EXPECT_ERR(mlock(p + 2 * PAGE, PAGE), ENOMEM); /* locked, but nothing can be read there */
	EXPECT_ERR(mlock(p + 4 * PAGE, PAGE), ENOMEM);
	CHECK_OK(mprotect(p, NR * PAGE, PROT_READ | PROT_WRITE));
	for (int i = 0; i < NR; i++)
		EXPECT_EQ(resident(p + i * PAGE, 1), i == 2 || i == 4);
	faults = minor_faults();
	p[2 * PAGE] = p[4 * PAGE] = 'x';
	EXPECT_EQ(minor_faults() - faults, 0);
}

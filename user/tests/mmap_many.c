// SPDX-License-Identifier: MIT
/*
 * mmap_many.c: Two thousand separate mappings, looked up and unmapped in an odd order.
 */
#include "test.h"

#define NR 2000

TEST()
{
	char *area = map_anon(2 * NR, PROT_NONE);

	for (unsigned i = 0; i < NR; i++)
		CHECK_OK(mprotect(area + 2 * PAGE * i, PAGE, PROT_READ | PROT_WRITE));
	for (unsigned i = 0; i < NR; i += 97)
		area[2 * PAGE * i] = i;
	for (unsigned i = 0; i < NR; i++)
		if (i % 3 == 0)
			CHECK_OK(munmap(area + 2 * PAGE * i, PAGE));
	for (unsigned i = 0; i < NR; i += 97) {
		char *p = area + 2 * PAGE * i;

		if (i % 3 == 0)
			CHECK_FAULT(TOUCH_READ, p, SIGSEGV, SEGV_MAPERR);
		else
			CHECK_EQ(*p, (char)i);
		CHECK_FAULT(TOUCH_READ, p + PAGE, SIGSEGV, SEGV_ACCERR);
	}
	CHECK_OK(munmap(area, 2 * NR * PAGE));
	CHECK_FAULT(TOUCH_READ, area + 2 * PAGE, SIGSEGV, SEGV_MAPERR);
}

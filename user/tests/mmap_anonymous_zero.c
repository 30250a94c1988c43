// SPDX-License-Identifier: MIT
/*
 * mmap_anonymous_zero.c: Anonymous private memory reads as zeros, page after page, is page aligned,
 * and keeps what is written. Reading it first (the shared zero page) does not make writing visible
 * elsewhere.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(16, PROT_READ | PROT_WRITE);
	char *q = map_anon(16, PROT_READ | PROT_WRITE);

	CHECK_EQ((uintptr_t)p % PAGE, 0);
	CHECK_ALL(p, 0, 16 * PAGE);
	CHECK_ALL(q, 0, 16 * PAGE);
	for (int i = 0; i < 16; i++)
		p[i * PAGE + 5] = i + 1;
	for (int i = 0; i < 16; i++) {
		CHECK_EQ(p[i * PAGE + 5], i + 1);
		CHECK_EQ(p[i * PAGE + 6], 0);
	}
	CHECK_ALL(q, 0, 16 * PAGE);
}

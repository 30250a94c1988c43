// SPDX-License-Identifier: MIT
/*
 * mmap_fault_counts.c: getrusage counts the faults: touching a hundred fresh pages is about a
 * hundred minor faults.
 */
#include "test.h"

TEST()
{
	char *p = map_anon(100, PROT_READ | PROT_WRITE);
	long before = minor_faults(), after;

	for (unsigned long i = 0; i < 100; i++)
		((volatile char *)p)[i * PAGE] = 1;
	after = minor_faults();
	/* Transparent huge pages may make it fewer on Linux, but never on so small a mapping. */
	CHECK_EQ(after - before >= 100 && after - before < 120, 1);
}

// SPDX-License-Identifier: MIT
/*
 * mmap_demand_zero.c: Memory is given when it is touched: the resident size grows by the pages
 * touched, not by the pages mapped.
 */
#include "test.h"

static long resident_pages(void)
{
	char text[200];
	long size, resident;

	read_text("/proc/self/statm", text, sizeof(text));
	CHECK_EQ(sscanf(text, "%ld %ld", &size, &resident), 2);
	return resident;
}

/* Linux counts in batches on every CPU, so the comparisons are rough. */
#define NR    1000UL
#define ROUGH 300

TEST()
{
	long start = resident_pages(), mapped;
	char *p = map_anon(NR, PROT_READ | PROT_WRITE);

	madvise(p, NR * PAGE, MADV_NOHUGEPAGE); /* matters on Linux only, may be unknown */
	CHECK(resident_pages() - start < ROUGH);
	mapped = resident_pages();
	for (unsigned long i = 0; i < NR; i++)
		p[i * PAGE] = 1;
	CHECK(resident_pages() - mapped > (long)NR - ROUGH);
	CHECK_OK(munmap(p, NR * PAGE));
	CHECK(resident_pages() - mapped < ROUGH);
}

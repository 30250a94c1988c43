// SPDX-License-Identifier: MIT
/*
 * madvise_free_pressure.c: When memory is short, pages that were given up by MADV_FREE go, and read
 * as zeros; those that were stored to since keep what was stored. (A host has too much memory to be
 * short of it: there only what must not be lost is looked at.)
 */
#include "residence.h"

static long free_kb(void)
{
	char text[4096];

	read_text("/proc/meminfo", text, sizeof(text));
	return strtol(strstr(text, "MemFree:") + 8, NULL, 10);
}

/* Takes the memory that is free, and half of what is lazy (so much there is), and gives it back. */
static void use_memory(const char *lazy, size_t nr_pages)
{
	size_t most = free_kb() / 4 + nr_pages / 2;
	char *p = map_anon(most, PROT_READ | PROT_WRITE);

	for (size_t i = 0; i < most; i++) {
		p[i * PAGE] = 1;
		if (i % 1024 == 0 && resident(lazy, nr_pages) <= (int)nr_pages / 2)
			break;
	}
	CHECK_OK(munmap(p, most * PAGE));
}

TEST()
{
	size_t nr = on_vellum() ? (size_t)free_kb() / 4 / 2 : 256;
	char *p = map_anon(nr, PROT_READ | PROT_WRITE);
	size_t zeros = 0;

	memset(p, 5, nr * PAGE);
	CHECK_OK(madvise(p, nr * PAGE, MADV_FREE));
	for (size_t i = 0; i < nr; i += 16)
		p[i * PAGE] = 6;
	if (on_vellum())
		use_memory(p, nr);
	for (size_t i = 0; i < nr; i++) {
		const char *page = p + i * PAGE;

		if (i % 16 == 0) {
			CHECK_EQ(page[0], 6);
			CHECK_EQ(page[1], 5);
		} else if (page[0] == 0) {
			CHECK_ALL(page, 0, PAGE);
			zeros++;
		} else {
			CHECK_ALL(page, 5, PAGE);
		}
	}
	if (on_vellum())
		CHECK(zeros > nr / 4);
	memset(p, 3, nr * PAGE);
	CHECK_ALL(p, 3, nr * PAGE);
}

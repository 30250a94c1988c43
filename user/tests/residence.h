/* SPDX-License-Identifier: MIT */
/* residence.h: which pages are in memory, and what /proc/self/smaps says of a mapping. */
#ifndef RESIDENCE_H
#define RESIDENCE_H

#include <sys/resource.h>

#include "test.h"

/* musl's headers are older. */
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

/* How many of the pages at p are resident (mincore). */
TEST_HELPER_FN int resident(const void *p, size_t nr_pages)
{
	static unsigned char answers[1 << 16];
	int nr = 0;

	CHECK(nr_pages <= sizeof(answers));
	CHECK_OK(mincore((void *)p, nr_pages * PAGE, answers));
	for (size_t i = 0; i < nr_pages; i++)
		nr += answers[i] & 1;
	return nr;
}

/* How many faults there are when these pages are read. */
TEST_HELPER_FN long faults_of_reading(const volatile char *p, size_t nr_pages)
{
	struct rusage before, after;

	CHECK_OK(getrusage(RUSAGE_SELF, &before));
	for (size_t i = 0; i < nr_pages; i++)
		(void)p[i * PAGE];
	CHECK_OK(getrusage(RUSAGE_SELF, &after));
	return after.ru_minflt + after.ru_majflt - before.ru_minflt - before.ru_majflt;
}

/* A field of /proc/self/status ("VmLck:") in KiB. */
TEST_HELPER_FN long status_kb(const char *field)
{
	char text[8192], *at;

	read_text("/proc/self/status", text, sizeof(text));
	at = strstr(text, field);
	CHECK(at != NULL);
	return strtol(at + strlen(field), NULL, 10);
}

/* The text of a field ("LazyFree:", "VmFlags:") of the mapping that begins at p. */
TEST_HELPER_FN void smaps_field(const void *p, const char *field, char *text, size_t size)
{
	char line[512], start[20];
	FILE *f = fopen("/proc/self/smaps", "r");
	bool here = false;

	CHECK(f != NULL);
	sprintf(start, "%08lx-", (unsigned long)p);
	text[0] = '\0';
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, start, strlen(start)) == 0)
			here = true;
		else if (here && strncmp(line, field, strlen(field)) == 0)
			break;
	}
	if (feof(f))
		CHECK_FAILED("no %s of a mapping at %p in /proc/self/smaps", field, p);
	snprintf(text, size, "%s", line + strlen(field));
	fclose(f);
}

TEST_HELPER_FN long smaps_kb(const void *p, const char *field)
{
	char text[512];

	smaps_field(p, field, text, sizeof(text));
	return strtol(text, NULL, 10);
}

/* Does VmFlags of the mapping at p have this two-letter flag? */
TEST_HELPER_FN bool smaps_flag(const void *p, const char *flag)
{
	char text[512], word[8];

	smaps_field(p, "VmFlags:", text, sizeof(text));
	snprintf(word, sizeof(word), " %s ", flag);
	return strstr(text, word) != NULL;
}

#define EXT2_MAGIC 0xef53

/* Makes the file's pages leave the cache, as far as its filesystem has a disk and the kernel obeys:
 * true. Vellum has to obey. (They must not be mapped.) */
TEST_HELPER_FN bool drop_cache(int fd, size_t nr_pages)
{
	struct statfs fs;
	void *p;
	int nr;

	CHECK_OK(fsync(fd));
	CHECK_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	p = CHECK_OK(mmap(NULL, nr_pages * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	nr = resident(p, nr_pages);
	CHECK_OK(munmap(p, nr_pages * PAGE));
	CHECK_OK(fstatfs(fd, &fs));
	if (on_vellum() && fs.f_type == EXT2_MAGIC)
		CHECK_EQ(nr, 0);
	return nr == 0;
}

#endif

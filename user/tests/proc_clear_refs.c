// SPDX-License-Identifier: MIT
/*
 * proc_clear_refs.c: /proc/self/clear_refs makes smaps forget which pages were used, of all mappings,
 * of private ones or of files; what is used again is told again, sooner or later. 5 lets the peak of the resident set
 * begin anew.
 */
#include "test.h"

static int clear(const char *what)
{
	int fd = CHECK_OK(open("/proc/self/clear_refs", O_WRONLY)), result, error;

	result = (int)write(fd, what, strlen(what));
	error = errno;
	close(fd);
	errno = error;
	return result;
}

/* "Referenced:" of the mapping at p, in kB. */
static long referenced(const volatile char *p)
{
	static char text[1 << 17];
	char start[40];
	char *at;

	read_text("/proc/self/smaps", text, sizeof(text));
	snprintf(start, sizeof(start), "%08lx-", (long)p);
	at = strstr(text, start);
	CHECK(at != NULL);
	at = strstr(at, "Referenced:");
	CHECK(at != NULL);
	return strtol(at + 11, NULL, 10);
}

static long high_water(void)
{
	char text[8192], *at;

	read_text("/proc/self/status", text, sizeof(text));
	at = strstr(text, "VmHWM:");
	CHECK(at != NULL);
	return strtol(at + 6, NULL, 10);
}

TEST_IN_DIR()
{
	int fd = make_file("a", 4 * PAGE);
	volatile char *anon = map_anon(4, PROT_READ | PROT_WRITE), *file;
	long before;

	file = CHECK_OK(mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	for (int i = 0; i < 4; i++) {
		anon[i * PAGE] = 1;
		(void)file[i * PAGE];
	}
	CHECK_EQ(referenced(anon), 16);
	CHECK_EQ(referenced(file), 16);
	CHECK_EQ(clear("2"), 1);
	CHECK_EQ(referenced(anon), 0);
	CHECK_EQ(referenced(file), 16);
	CHECK_EQ(clear("3\n"), 2);
	CHECK_EQ(referenced(file), 0);
	(void)anon[0];
	(void)file[PAGE];
	/* Linux flushes no TLB for this, and a CPU that has the entry does not tell again. */
	CHECK(referenced(anon) <= 4 && referenced(file) <= 4);
	if (on_vellum())
		CHECK_EQ(referenced(anon) + referenced(file), 8);
	CHECK_EQ(clear("1"), 1);
	CHECK_EQ(referenced(anon), 0);
	CHECK_EQ(referenced(file), 0);
	CHECK_EQ(clear("4"), 1);
	CHECK_ERR(clear("0"), EINVAL);
	CHECK_ERR(clear("6"), EINVAL);
	CHECK_ERR(clear("x"), EINVAL);

	anon = map_anon(2000, PROT_READ | PROT_WRITE);
	for (int i = 0; i < 2000; i++)
		anon[i * PAGE] = 1;
	CHECK_OK(munmap((char *)anon, 2000 * PAGE));
	before = high_water();
	CHECK_EQ(clear("5"), 1);
	CHECK(high_water() < before - 4000);
}

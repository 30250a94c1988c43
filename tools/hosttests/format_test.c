/* SPDX-License-Identifier: MIT */
/* The kernel's formatting, under names of its own, against the C library's. */
#include "hosttest.h"
#include <limits.h>

#define vsnprintf k_vsnprintf
#define snprintf  k_snprintf
#define scnprintf k_scnprintf
#include "lib/format.c"
#undef vsnprintf
#undef snprintf

#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-truncation"
#pragma GCC diagnostic ignored "-Wformat-overflow"

#define SAME(size, ...)                                                                            \
	do {                                                                                       \
		char a[600], b[600];                                                               \
		int n, m;                                                                          \
		memset(a, '?', sizeof(a));                                                         \
		memset(b, '?', sizeof(b));                                                         \
		n = k_snprintf(a, size, __VA_ARGS__);                                              \
		m = snprintf(b, size, __VA_ARGS__);                                                \
		if (n != m || memcmp(a, b, sizeof(a))) {                                           \
			printf("format \"%s\"\n kernel %d: %.100s\n   libc %d: %.100s\n", fmt, n,  \
				a, m, b);                                                          \
			CHECK(!"same text");                                                       \
		}                                                                                  \
	} while (0)

static void random_spec(char *fmt, const char *lengths, const char *conversions)
{
	static const char *const length_names[] = { "", "h", "hh", "l", "ll", "z" };
	char *p = fmt;

	*p++ = '<';
	*p++ = '%';
	while (test_below(3) == 0)
		*p++ = "-0+ #"[test_below(5)];
	if (test_below(2))
		p += sprintf(p, "%d", (int)test_below(30) + 1);
	if (test_below(3) == 0)
		p += sprintf(p, ".%d", (int)test_below(30));
	p += sprintf(p, "%s", length_names[lengths[test_below(strlen(lengths))] - '0']);
	*p++ = conversions[test_below(strlen(conversions))];
	strcpy(p, ">");
}

static uint64_t random_number(void)
{
	switch (test_below(5)) {
	case 0:
		return 0;
	case 1:
		return test_below(100);
	case 2:
		return 0 - test_below(100);
	default:
		return test_random() >> test_below(64);
	}
}

int main(int argc, char **argv)
{
	char fmt[64], buf[8];

	test_begin(argc, argv, "format");
	for (int i = 0; i < 100000; i++) {
		size_t size = test_below(4) ? 600 : test_below(20);
		uint64_t v = random_number();

		random_spec(fmt, "012", "diuxXo");
		SAME(size, fmt, (int)v);
		random_spec(fmt, "345", "diuxXo");
		SAME(size, fmt, (long)v);
		random_spec(fmt, "0", "s");
		SAME(size, fmt, "some text");
		random_spec(fmt, "0", "c");
		SAME(size, fmt, 'x');
	}
	strcpy(fmt, "stars");
	for (int width = -10; width < 10; width++) {
		SAME(600, "[%*d] [%-*s] [%.*s]", width, 42, width, "abc", width < 0 ? 0 : width,
			"abcdef");
		SAME(600, "%d%% %c%s", width, 'a', "b");
	}
	SAME(600, "%ld %d %lu", LONG_MIN, INT_MIN, ULONG_MAX);
	SAME(0, "text");
	SAME(600, "%p", (void *)0x1234abcd);
	CHECK(k_scnprintf(buf, sizeof(buf), "%s", "123456789") == 7 && !strcmp(buf, "1234567"));
	CHECK(k_scnprintf(buf, sizeof(buf), "%s", "12") == 2);
	CHECK(k_scnprintf(buf, 0, "%s", "12") == 0);
	CHECK(k_snprintf(buf, sizeof(buf), "%s", (char *)NULL) == 6 && !strcmp(buf, "(null)"));
	CHECK(k_snprintf(buf, sizeof(buf), "%y%") == 3 && !strcmp(buf, "%y%"));
	return 0;
}

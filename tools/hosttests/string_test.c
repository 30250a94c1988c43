/* SPDX-License-Identifier: MIT */
/* The kernel's string functions, under names of their own, against the C library's. */
#include "hosttest.h"

#define memcpy  k_memcpy
#define memmove k_memmove
#define memset  k_memset
#define memcmp  k_memcmp
#define memchr  k_memchr
#define strlen  k_strlen
#define strnlen k_strnlen
#define strcmp  k_strcmp
#define strncmp k_strncmp
#define strchr  k_strchr
#define strrchr k_strrchr
#define strstr  k_strstr
#define strlcpy k_strlcpy
#include "lib/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr
#undef strstr
#undef strlcpy

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static void test_memory(void)
{
	unsigned char a[200], b[200], was[200];
	size_t n = test_below(100), from = test_below(100), to = test_below(100);
	void *ret;

	for (size_t i = 0; i < sizeof(a); i++)
		was[i] = a[i] = b[i] = (unsigned char)test_below(4);
	ret = k_memmove(a + to, a + from, n);
	memmove(b + to, b + from, n);
	CHECK(ret == a + to && !memcmp(a, b, sizeof(a)));
	memcpy(a, was, sizeof(a));
	memcpy(b, was, sizeof(b));
	k_memset(a + to, (int)test_state, n);
	memset(b + to, (int)test_state, n);
	CHECK(!memcmp(a, b, sizeof(a)));
	if (from + n <= to || to + n <= from) {
		memcpy(a, was, sizeof(a));
		memcpy(b, was, sizeof(b));
		k_memcpy(a + to, a + from, n);
		memcpy(b + to, b + from, n);
		CHECK(!memcmp(a, b, sizeof(a)));
	}
	CHECK(sign(k_memcmp(a + to, a + from, n)) == sign(memcmp(a + to, a + from, n)));
	CHECK(k_memchr(a + from, 3, n) == memchr(a + from, 3, n));
}

/* Accesses end where they should: the sanitizer watches blocks of exactly n bytes. */
static void test_exact(void)
{
	size_t n = test_below(40);
	char *a = malloc(n + 1), *b = malloc(n + 1);

	k_memset(a + 1, 7, n);
	k_memcpy(b + 1, a + 1, n);
	k_memmove(a + 1, b + 1, n);
	CHECK(!k_memcmp(a + 1, b + 1, n));
	free(a);
	free(b);
}

static void random_text(char *s, size_t max_len)
{
	size_t n = test_below(max_len + 1);

	for (size_t i = 0; i < n; i++)
		s[i] = (char)("ab\xff"[test_below(3)]);
	s[n] = 0;
}

static void test_strings(void)
{
	char a[40], b[40], c[48], *needle = b;
	size_t n = test_below(45);

	random_text(a, 30);
	random_text(b, test_below(2) ? 3 : 30);
	CHECK(k_strlen(a) == strlen(a) && k_strnlen(a, n) == strnlen(a, n));
	CHECK(sign(k_strcmp(a, b)) == sign(strcmp(a, b)));
	CHECK(sign(k_strncmp(a, b, n)) == sign(strncmp(a, b, n)));
	CHECK(k_strchr(a, 'b') == strchr(a, 'b') && k_strrchr(a, 'b') == strrchr(a, 'b'));
	CHECK(k_strchr(a, 0) == strchr(a, 0) && k_strrchr(a, 0) == strrchr(a, 0));
	CHECK(k_strchr(a, 0xff) == strchr(a, 0xff));
	CHECK(k_strstr(a, needle) == strstr(a, needle));
	memset(c, 'x', sizeof(c));
	CHECK(k_strlcpy(c, a, n) == strlen(a));
	for (size_t i = 0; i < sizeof(c); i++) {
		size_t len = n ? min(strlen(a), n - 1) : 0;

		CHECK(c[i] == (i < len ? a[i] : i == len && n ? 0 : 'x'));
	}
}

static void test_parse(void)
{
	static const struct {
		const char *text;
		int base, err;
		u64 value;
	} cases[] = {
		{ "0", 0, 0, 0 },
		{ "12", 10, 0, 12 },
		{ "0x1f", 0, 0, 31 },
		{ "0X1F", 16, 0, 31 },
		{ "1f", 16, 0, 31 },
		{ "017", 0, 0, 15 },
		{ "017", 10, 0, 17 },
		{ "", 10, -EINVAL, 0 },
		{ "0x", 0, -EINVAL, 0 },
		{ "12 ", 10, -EINVAL, 0 },
		{ "-1", 10, -EINVAL, 0 },
		{ "08", 0, -EINVAL, 0 },
		{ "18446744073709551615", 10, 0, ~0ul },
		{ "18446744073709551616", 10, -ERANGE, 0 },
		{ "0xffffffffffffffff", 0, 0, ~0ul },
		{ "0x10000000000000000", 0, -ERANGE, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 v = 0;

		CHECK(parse_u64(cases[i].text, cases[i].base, &v) == cases[i].err);
		CHECK(cases[i].err || v == cases[i].value);
	}
}

int main(int argc, char **argv)
{
	test_begin(argc, argv, "string");
	test_parse();
	for (int i = 0; i < 100000; i++) {
		test_memory();
		test_exact();
		test_strings();
	}
	return 0;
}

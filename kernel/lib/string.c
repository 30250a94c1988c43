/* SPDX-License-Identifier: MIT */
/*
 * Memory and string functions. Bulk copies and fills move eight bytes a step (`rep movsq`, `rep
 * stosq`), for the byte forms cost one instruction a byte under QEMU's instruction counting; what
 * is left at the end is covered by one eight-byte access that overlaps what was done already.
 *
 * The compiler calls memcpy, memmove, memset and memcmp by itself, so these must not be turned into
 * calls of themselves: loops that look like one of them are kept apart by barrier().
 */
#include "lib/string.h"
#include "lib/atomic.h"
#include "lib/err.h"

/* Unaligned accesses that may alias anything. */
struct __packed any64 {
	u64 v;
} __attribute__((may_alias));
struct __packed any32 {
	u32 v;
} __attribute__((may_alias));

static inline u64 load64(const void *p)
{
	return ((const struct any64 *)p)->v;
}

static inline void store64(void *p, u64 v)
{
	((struct any64 *)p)->v = v;
}

static inline u32 load32(const void *p)
{
	return ((const struct any32 *)p)->v;
}

static inline void store32(void *p, u32 v)
{
	((struct any32 *)p)->v = v;
}

/* n < 8. Everything is read before anything is written, so that the areas may overlap. */
static inline void move_small(u8 *d, const u8 *s, size_t n)
{
	if (n >= 4) {
		u32 head = load32(s), tail = load32(s + n - 4);

		store32(d, head);
		store32(d + n - 4, tail);
	} else if (n) {
		u8 first = s[0], middle = s[n / 2], last = s[n - 1];

		d[0] = first;
		d[n / 2] = middle;
		d[n - 1] = last;
	}
}

/* n >= 8; right for overlapping areas if d < s. */
static inline void copy_forward(u8 *d, const u8 *s, size_t n)
{
	u64 tail = load64(s + n - 8);
	u8 *end = d + n - 8;
	u64 words = n / 8;

	__asm__ volatile("rep movsq" : "+D"(d), "+S"(s), "+c"(words)::"memory");
	store64(end, tail);
}

void *memcpy(void *dst, const void *src, size_t n)
{
	if (n >= 8)
		copy_forward(dst, src, n);
	else
		move_small(dst, src, n);
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	u8 *d = dst;
	const u8 *s = src;
	u64 head;

	if (n < 8) {
		move_small(d, s, n);
		return dst;
	}
	if ((u64)d - (u64)s >= n) { /* d < s, or behind the end of s */
		copy_forward(d, s, n);
		return dst;
	}
	head = load64(s);
	for (; n >= 8; n -= 8) {
		store64(d + n - 8, load64(s + n - 8));
		barrier();
	}
	store64(d, head);
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	u64 pattern = (u8)c * 0x0101010101010101UL;
	u8 *d = dst;
	u64 words = n / 8;

	if (n < 8) {
		while (n--) {
			d[n] = (u8)c;
			barrier();
		}
		return dst;
	}
	store64(d + n - 8, pattern);
	__asm__ volatile("rep stosq" : "+D"(d), "+c"(words) : "a"(pattern) : "memory");
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;

	for (; n >= 8 && load64(x) == load64(y); n -= 8) {
		x += 8;
		y += 8;
	}
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n; n--, p++)
		if (*p == (u8)c)
			return (void *)p;
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p) {
		p++;
		barrier();
	}
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++)
		if (*a != *b || !*a)
			return (u8)*a - (u8)*b;
	return 0;
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			return NULL;
	}
}

size_t strcspn(const char *s, const char *reject)
{
	size_t n = 0;

	while (s[n] && !strchr(reject, s[n]))
		n++;
	return n;
}

char *strrchr(const char *s, int c)
{
	const char *found = NULL;

	for (;; s++) {
		if (*s == (char)c)
			found = s;
		if (!*s)
			return (char *)found;
	}
}

char *strstr(const char *s, const char *needle)
{
	size_t n = strlen(needle);

	for (;; s++) {
		if (!strncmp(s, needle, n))
			return (char *)s;
		if (!*s)
			return NULL;
	}
}

size_t strlcpy(char *dst, const char *src, size_t size)
{
	size_t len = strlen(src);

	if (size) {
		size_t n = min(len, size - 1);

		memcpy(dst, src, n);
		dst[n] = '\0';
	}
	return len;
}

/* The value of a digit in any base, or 255. */
static u32 digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (u32)(c - '0');
	if (c >= 'a' && c <= 'z')
		return (u32)(c - 'a') + 10;
	if (c >= 'A' && c <= 'Z')
		return (u32)(c - 'A') + 10;
	return 255;
}

int parse_u64(const char *s, int base, u64 *out)
{
	u64 value = 0;
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');

	if (base == 0)
		base = hex ? 16 : s[0] == '0' ? 8 : 10;
	if (base == 16 && hex)
		s += 2;
	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		u32 digit = digit_value(*s);

		if (digit >= (u32)base)
			return -EINVAL;
		if (__builtin_mul_overflow(value, (u64)base, &value) ||
			__builtin_add_overflow(value, (u64)digit, &value))
			return -ERANGE;
	}
	*out = value;
	return 0;
}

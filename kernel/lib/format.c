/* SPDX-License-Identifier: MIT */
/*
 * vsnprintf as in C, for the conversions that a kernel needs: integers, characters, strings,
 * pointers. No floating point, no positional arguments, no %n. An unknown conversion is printed as
 * it stands.
 */
#include "lib/format.h"
#include "lib/string.h"

/* Where the text goes; len counts on behind the end of the buffer. */
struct output {
	char *buf;
	size_t size, len;
};

/* One conversion: %[flags][width][.precision][length]conversion */
struct spec {
	bool left, zero, plus, space, alternate;
	bool upper;
	int width;
	int precision; /* -1: none given */
	int length;    /* of the argument in bytes */
};

static void put(struct output *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_many(struct output *o, char c, int n)
{
	for (; n > 0; n--)
		put(o, c);
}

static void put_text(struct output *o, const char *s, size_t n)
{
	if (o->len < o->size)
		memcpy(o->buf + o->len, s, min(n, o->size - o->len));
	o->len += n;
}

/* What comes before the next conversion. Returns that. */
static const char *put_literal(struct output *o, const char *f)
{
	const char *end = f;

	while (*end && *end != '%')
		end++;
	put_text(o, f, (size_t)(end - f));
	return end;
}

/* Text in a field of the wanted width. */
static void put_field(struct output *o, const struct spec *sp, const char *s, size_t n)
{
	int pad = sp->width - (int)n;

	if (!sp->left)
		put_many(o, ' ', pad);
	put_text(o, s, n);
	if (sp->left)
		put_many(o, ' ', pad);
}

/* A number: blanks, prefix (sign, 0x), zeros, digits, blanks. */
static void put_number(
	struct output *o, const struct spec *sp, u64 value, u32 base, const char *prefix)
{
	const char *digits = sp->upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[24]; /* 22 octal digits */
	int n = 0, zeros, pad, prefix_len = (int)strlen(prefix);

	for (u64 v = value; v; v /= base)
		text[n++] = digits[v % base];
	zeros = (sp->precision < 0 ? 1 : sp->precision) - n;
	if (sp->alternate && base == 8 && zeros <= 0 && (n == 0 || text[n - 1] != '0'))
		zeros = 1;
	zeros = max(zeros, 0);
	pad = sp->width - prefix_len - zeros - n;
	if (sp->zero && !sp->left && sp->precision < 0 && pad > 0) {
		zeros += pad;
		pad = 0;
	}
	if (!sp->left)
		put_many(o, ' ', pad);
	put_text(o, prefix, (size_t)prefix_len);
	put_many(o, '0', zeros);
	while (n)
		put(o, text[--n]);
	if (sp->left)
		put_many(o, ' ', pad);
}

static void put_signed(struct output *o, const struct spec *sp, s64 v)
{
	const char *sign = v < 0 ? "-" : sp->plus ? "+" : sp->space ? " " : "";

	put_number(o, sp, v < 0 ? 0 - (u64)v : (u64)v, 10, sign);
}

static const char *parse_flags(const char *f, struct spec *sp)
{
	for (;; f++) {
		switch (*f) {
		case '-':
			sp->left = true;
			break;
		case '0':
			sp->zero = true;
			break;
		case '+':
			sp->plus = true;
			break;
		case ' ':
			sp->space = true;
			break;
		case '#':
			sp->alternate = true;
			break;
		default:
			return f;
		}
	}
}

static const char *parse_digits(const char *f, int *n)
{
	*n = 0;
	for (; *f >= '0' && *f <= '9'; f++)
		if (*n < 100000)
			*n = *n * 10 + (*f - '0');
	return f;
}

static const char *parse_length(const char *f, struct spec *sp)
{
	sp->length = sizeof(int);
	for (;; f++) {
		if (*f == 'h')
			sp->length /= 2;
		else if (*f == 'l' || *f == 'z' || *f == 'j' || *f == 't')
			sp->length = sizeof(long);
		else
			return f;
	}
}

static s64 narrow_signed(s64 v, int length)
{
	return length == 1 ? (s8)v : length == 2 ? (s16)v : v;
}

static u64 narrow_unsigned(u64 v, int length)
{
	return length == 1 ? (u8)v : length == 2 ? (u16)v : v;
}

static void put_string(struct output *o, const struct spec *sp, const char *s)
{
	if (!s)
		s = "(null)";
	put_field(o, sp, s, sp->precision < 0 ? strlen(s) : strnlen(s, (size_t)sp->precision));
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct output o = { buf, size, 0 };
	const char *f = fmt, *start;
	u64 u;
	char c;

	while (*(f = put_literal(&o, f))) {
		struct spec sp = { .precision = -1 };

		start = f++;
		f = parse_flags(f, &sp);
		if (*f == '*') {
			sp.width = va_arg(args, int);
			if (sp.width < 0) {
				sp.left = true;
				sp.width = -sp.width;
			}
			f++;
		} else {
			f = parse_digits(f, &sp.width);
		}
		if (*f == '.' && f[1] == '*') {
			sp.precision = va_arg(args, int);
			f += 2;
		} else if (*f == '.') {
			f = parse_digits(f + 1, &sp.precision);
		}
		f = parse_length(f, &sp);

		switch (*f) {
		case 'd':
		case 'i':
			put_signed(&o, &sp,
				sp.length == sizeof(long)
					? va_arg(args, long)
					: narrow_signed(va_arg(args, int), sp.length));
			break;
		case 'u':
		case 'x':
		case 'X':
		case 'o':
			u = sp.length == sizeof(long)
				    ? va_arg(args, unsigned long)
				    : narrow_unsigned(va_arg(args, unsigned int), sp.length);
			sp.upper = *f == 'X';
			put_number(&o, &sp, u,
				*f == 'u'   ? 10
				: *f == 'o' ? 8
					    : 16,
				*f == 'x' && sp.alternate && u   ? "0x"
				: *f == 'X' && sp.alternate && u ? "0X"
								 : "");
			break;
		case 'p':
			put_number(&o, &sp, (u64)va_arg(args, void *), 16, "0x");
			break;
		case 'c':
			c = (char)va_arg(args, int);
			put_field(&o, &sp, &c, 1);
			break;
		case 's':
			put_string(&o, &sp, va_arg(args, const char *));
			break;
		case '%':
			put(&o, '%');
			break;
		default: /* unknown: as it stands */
			if (!*f)
				f--;
			put_text(&o, start, (size_t)(f + 1 - start));
		}
		f++;
	}
	if (size)
		buf[min(o.len, size - 1)] = '\0';
	return (int)o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	if (!size)
		return 0;
	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return min(n, (int)size - 1);
}

/* SPDX-License-Identifier: MIT */
/*
 * The kernel's command line: options separated by spaces, `flag` or `key=value`, where a value that
 * contains spaces is in double quotes; behind a lone `--` come the arguments of init, each one
 * percent-encoded (%20 is a space), so that any bytes survive the boot loaders' own quoting.
 */
#include "arch/bootinfo.h"
#include "debug/printk.h"
#include "lib/string.h"

/* Every option that some part of the kernel asks for. README and docs/boot.md describe them. */
static const char *const known_options[] = { "root", "rootfstype", "init", "loglevel", "ktest",
	"mmcheck", "faultwait", "allocfail", "plant", "nosmp", "maxcpus", "ro", "rw", "panic",
	"norandmaps" };

struct token {
	const char *start; /* in bootinfo.cmdline */
	size_t len;
	size_t key_len; /* up to '=', or len */
};

/* The option or argument at *pos; false at the end. Quotes keep spaces together and stay in the
 * token. */
static bool next_token(const char **pos, struct token *t)
{
	const char *p = *pos;
	bool quoted = false;

	while (*p == ' ' || *p == '\t' || *p == '\n')
		p++;
	if (!*p)
		return false;
	t->start = p;
	t->key_len = 0;
	/* GRUB hands `key=a b` on as `"key=a b"`. */
	if (*p == '"' && p[1] != '"') {
		quoted = true;
		t->start = ++p;
	}
	for (; *p && (quoted || (*p != ' ' && *p != '\t' && *p != '\n')); p++) {
		if (*p == '"')
			quoted = !quoted;
		if (*p == '=' && !t->key_len)
			t->key_len = (size_t)(p - t->start);
	}
	t->len = (size_t)(p - t->start);
	if (!t->key_len)
		t->key_len = t->len;
	*pos = p;
	return true;
}

static bool is_separator(const struct token *t)
{
	return t->len == 2 && t->start[0] == '-' && t->start[1] == '-';
}

static bool key_is(const struct token *t, const char *key)
{
	return strlen(key) == t->key_len && !strncmp(t->start, key, t->key_len);
}

static void copy_value(const struct token *t, char *value, size_t size)
{
	size_t n = 0;

	for (size_t i = t->key_len + 1; i < t->len && n + 1 < size; i++)
		if (t->start[i] != '"')
			value[n++] = t->start[i];
	value[n] = 0;
}

bool boot_option(const char *key, char *value, size_t size)
{
	const char *pos = bootinfo.cmdline;
	struct token t;
	bool found = false;

	/* The last one wins, so that something appended overrides. */
	while (next_token(&pos, &t) && !is_separator(&t)) {
		if (!key_is(&t, key))
			continue;
		found = true;
		if (value && size)
			copy_value(&t, value, size);
	}
	return found;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes one argument; returns the bytes written without the end, or -1 if it does not fit. */
static ssize_t decode_argument(const struct token *t, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < t->len; i++) {
		char c = t->start[i];

		if (c == '%' && i + 2 < t->len && hex_digit(t->start[i + 1]) >= 0 &&
			hex_digit(t->start[i + 2]) >= 0) {
			c = (char)(hex_digit(t->start[i + 1]) << 4 | hex_digit(t->start[i + 2]));
			i += 2;
			if (!c)
				continue; /* %00: an empty argument */
		}
		if (n + 1 >= size)
			return -1;
		buf[n++] = c;
	}
	buf[n] = 0;
	return (ssize_t)n;
}

u32 boot_init_args(char *buf, size_t size)
{
	const char *pos = bootinfo.cmdline;
	struct token t;
	u32 nr = 0;
	ssize_t n;

	while (next_token(&pos, &t) && !is_separator(&t))
		;
	while (next_token(&pos, &t)) {
		n = decode_argument(&t, buf, size);
		if (n < 0) {
			pr_warn("command line: init's arguments are too long, cut behind the first "
				"%u",
				nr);
			break;
		}
		buf += n + 1;
		size -= (size_t)n + 1;
		nr++;
	}
	return nr;
}

static bool is_known(const struct token *t)
{
	for (u32 i = 0; i < ARRAY_SIZE(known_options); i++)
		if (key_is(t, known_options[i]))
			return true;
	return false;
}

void boot_check_options(void)
{
	const char *pos = bootinfo.cmdline;
	struct token t;

	while (next_token(&pos, &t) && !is_separator(&t))
		if (!is_known(&t))
			pr_warn("command line: unknown option '%.*s' ignored", (int)t.len, t.start);
}

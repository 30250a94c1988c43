// SPDX-License-Identifier: MIT
/* log.c: lines, their hash, and the log. */
#include <string.h>

#include "log.h"
#include "state.h"

static char line[16384];
static unsigned line_length;

void put(const char *text)
{
	while (*text && line_length < sizeof(line) - 1)
		line[line_length++] = *text++;
}

void put_hex(uint64_t number)
{
	char digits[17];
	int at = 16;

	digits[at] = '\0';
	do {
		digits[--at] = "0123456789abcdef"[number & 15];
		number >>= 4;
	} while (number);
	put(digits + at);
}

void put_decimal(uint64_t number)
{
	char digits[21];
	int at = 20;

	digits[at] = '\0';
	do {
		digits[--at] = '0' + number % 10;
		number /= 10;
	} while (number);
	put(digits + at);
}

void put_result(long result)
{
	if (result < 0 && result >= -4095) {
		put("errno ");
		put_decimal(-result);
	} else {
		put_hex(result);
	}
}

uint64_t hash_bytes(uint64_t hash, const char *bytes, unsigned length)
{
	for (unsigned i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3ull;
	return hash;
}

static void log_text(const char *text, unsigned length)
{
	if (length > LOG_SIZE - control->log_length)
		length = LOG_SIZE - control->log_length;
	memcpy(control->log + control->log_length, text, length);
	control->log_length += length;
}

void end_line(void)
{
	line[line_length++] = '\n';
	control->hash = hash_bytes(control->hash, line, line_length);
	if (control->detail >= DETAIL_LINES)
		log_text(line, line_length);
	line_length = 0;
}

unsigned line_mark(void)
{
	return line_length;
}

void log_since(unsigned begun)
{
	log_text(line + begun, line_length - begun);
	line_length = begun;
}

void print_line(void (*print)(const char *text, unsigned length))
{
	print(line, line_length);
	line_length = 0;
}

void drop_line(void)
{
	line_length = 0;
}

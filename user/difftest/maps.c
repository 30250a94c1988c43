// SPDX-License-Identifier: MIT
/* maps.c: reads /proc/self/maps, and makes of it what is compared. A piece of it goes into printed
 * programs (tools/difftest-helpers.c). */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "maps.h"
#include "state.h"
#include "syscalls.h"

static int maps_file;
static char maps_text[65536];

void open_maps(void)
{
	maps_file = SYS(open, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
}

void reopen_maps(void)
{
	SYS(close, maps_file);
	open_maps();
}

const char *read_maps(void)
{
	long length = 0, got;

	do {
		got = SYS(pread64, maps_file, maps_text + length, sizeof(maps_text) - 1 - length,
			length);
		if (got > 0)
			length += got;
	} while (got > 0);
	maps_text[length] = '\0';
	return got == 0 ? maps_text : NULL;
}

/*@ next_mapping @*/
static const char *read_hex(const char *at, uint64_t *number)
{
	uint64_t sum = 0;

	for (;; at++) {
		if (*at >= '0' && *at <= '9')
			sum = sum * 16 + *at - '0';
		else if (*at >= 'a' && *at <= 'f')
			sum = sum * 16 + *at - 'a' + 10;
		else
			break;
	}
	*number = sum;
	return at;
}

static const char *skip_word(const char *at)
{
	while (*at && *at != ' ' && *at != '\n')
		at++;
	while (*at == ' ')
		at++;
	return at;
}

/* A line of /proc/self/maps, but for the device and inode number, which are each kernel's own. */
static const char *parse_mapping(const char *at, struct mapping *m)
{
	unsigned length = 0;

	at = read_hex(at, &m->start) + 1;
	at = read_hex(at, &m->end) + 1;
	memcpy(m->perms, at, 4);
	m->perms[4] = '\0';
	at = read_hex(at + 5, &m->offset) + 1;
	at = skip_word(skip_word(at));
	while (*at && *at != '\n') {
		if (length < sizeof(m->path) - 1)
			m->path[length++] = *at;
		at++;
	}
	m->path[length] = '\0';
	return *at ? at + 1 : at;
}

/* Of what may be one mapping, only the part up to the end of the heap is called so. */
static bool has_same_name(const struct mapping *m, const struct mapping *next)
{
	return strcmp(next->path, m->path) == 0 ||
	       (!next->path[0] && strcmp(m->path, "[heap]") == 0);
}

const char *next_mapping(const char *at, struct mapping *m)
{
	struct mapping next;

	for (;;) {
		if (!*at)
			return NULL;
		at = parse_mapping(at, m);
		if (m->start >= TOP)
			return NULL;
		/* What lies between the program and HEAP may have become one with it. */
		if (m->start < HEAP && m->end > HEAP)
			m->start = HEAP;
		if (m->start >= HEAP)
			break;
	}
	while (*at && m->perms[3] == 'p') {
		const char *behind = parse_mapping(at, &next);

		if (next.start != m->end || strcmp(next.perms, m->perms) != 0 ||
			!has_same_name(m, &next) ||
			(next.path[0] == '/' && next.offset != m->offset + (next.start - m->start)))
			break;
		m->end = next.end;
		at = behind;
	}
	return at;
}

/*@ @*/
bool is_memfd_mapped(uint64_t start, uint64_t end)
{
	const char *at = read_maps();
	struct mapping m;

	while (at && (at = next_mapping(at, &m)) != NULL)
		if (m.start < end && m.end > start && m.perms[3] == 's' &&
			memcmp(m.path, "/memfd:", 7) == 0)
			return true;
	return false;
}

/* The open file's name, as in /proc/self/maps. */
static void read_name(int file, char *name, size_t size)
{
	char link[32];
	long length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	length = SYS(readlink, link, name, size - 1);
	name[length < 0 ? 0 : length] = '\0';
}

bool is_part_mapped(int file, uint64_t from, uint64_t to, uint64_t start, uint64_t end)
{
	const char *at = read_maps();
	char name[sizeof(((struct mapping *)NULL)->path)];
	struct mapping m;

	read_name(file, name, sizeof(name));
	while (at && (at = next_mapping(at, &m)) != NULL) {
		uint64_t first = start > m.start ? start : m.start;
		uint64_t last = end < m.end ? end : m.end;

		if (first < last && strcmp(m.path, name) == 0 &&
			m.offset + (first - m.start) < to && m.offset + (last - m.start) > from)
			return true;
	}
	return false;
}

static void put_mapping(const struct mapping *m)
{
	put("    ");
	put_hex(m->start);
	put("-");
	put_hex(m->end);
	put(" ");
	put(m->perms);
	put(" ");
	put_hex(m->offset);
	put(" ");
	put(m->path);
}

void note_maps(void)
{
	uint64_t hash = 0;
	struct mapping m;
	const char *at = read_maps();

	if (!at) {
		put(" maps unreadable");
		return;
	}
	while ((at = next_mapping(at, &m)) != NULL) {
		hash = (hash ^ m.start) * 0x9e3779b97f4a7c15ull;
		hash = (hash ^ m.end ^ hash >> 29) * 0x9e3779b97f4a7c15ull;
		hash = (hash ^ m.offset ^ hash >> 31) * 0x9e3779b97f4a7c15ull;
		hash = hash_bytes(hash, m.perms, 4);
		hash = hash_bytes(hash, m.path, strlen(m.path));
	}
	put(" maps ");
	put_hex(hash);
}

void show_maps(void)
{
	struct mapping m;
	const char *at = maps_text;

	while ((at = next_mapping(at, &m)) != NULL) {
		put_mapping(&m);
		put("\n");
		log_since(0);
	}
}

bool is_split_by_history(uint64_t start, uint64_t end)
{
	struct mapping m, whole;
	const char *at = read_maps(), *raw = at;

	while (raw && *raw) {
		raw = parse_mapping(raw, &m);
		if (start < m.start || start >= m.end || end <= m.end)
			continue;
		while ((at = next_mapping(at, &whole)) != NULL)
			if (start >= whole.start && start < whole.end)
				return end <= whole.end || whole.end > m.end;
	}
	return false;
}

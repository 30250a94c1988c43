// SPDX-License-Identifier: MIT
/* sums.c: sums of what is in memory and in files. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "log.h"
#include "maps.h"
#include "state.h"
#include "sums.h"
#include "syscalls.h"
#include "touch.h"

#define SUM_PAGES 64 /* of one mapping, at most */

static uint64_t sum_page(const uint64_t *words, uint64_t sum)
{
	for (unsigned i = 0; i < OP_PAGE / sizeof(*words); i += 4)
		sum = (sum ^ words[i] ^ words[i + 1] << 1 ^ words[i + 2] << 2 ^ words[i + 3] << 3) *
		      0x9e3779b97f4a7c15ull;
	return sum;
}

/* In the middle of a line: what it has so far waits. */
static void show_page(uint64_t page, const char *what, uint64_t number)
{
	unsigned begun = line_mark();

	put("    page ");
	put_hex(page);
	put(what);
	put_hex(number);
	put("\n");
	log_since(begun);
}

/* The page's sum, or the signal that it gave. */
static uint64_t look_at_page(uint64_t page)
{
	bool is_readable = touch_read(page) >= 0;
	uint64_t found =
		is_readable ? sum_page((const uint64_t *)page, 0) : (uint64_t)touch_signal();

	if (control->detail >= DETAIL_MAPS)
		show_page(page, is_readable ? " sum " : " signal ", found);
	return found;
}

/* All that the process can read. */
static void put_sum_of_memory(void)
{
	uint64_t sum = 0;
	struct mapping m;
	const char *at = read_maps();

	if (!at)
		return;
	while ((at = next_mapping(at, &m)) != NULL) {
		if (m.perms[0] != 'r')
			continue;
		for (uint64_t page = m.start; page < m.end && page < m.start + SUM_PAGES * OP_PAGE;
			page += OP_PAGE)
			sum = (sum ^ page ^ look_at_page(page)) * 0x9e3779b97f4a7c15ull;
	}
	put_hex(sum);
}

static void put_sum_of_file(enum op_file file)
{
	static uint64_t page[OP_PAGE / sizeof(uint64_t)];
	uint64_t sum = 0;
	struct stat st;
	long got, at = 0;

	put(" file ");
	put_decimal(file);
	put(" size ");
	SYS(fstat, files[file], &st);
	put_hex(st.st_size);
	do {
		memset(page, 0, sizeof(page));
		got = SYS(pread64, files[file], page, sizeof(page), at);
		if (got > 0)
			sum = sum_page(page, sum);
		at += got;
	} while (got > 0);
	put(" sum ");
	put_hex(sum);
	if (got < 0)
		put(" unreadable");
}

void run_sum(void)
{
	put_sum_of_memory();
	put_sum_of_file(FILE_TMPFS);
	put_sum_of_file(FILE_EXT2);
	put_sum_of_file(FILE_MEMFD);
}

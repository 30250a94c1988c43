// SPDX-License-Identifier: MIT
/* sums.c: sums of what is in memory and in files. Pieces of it go into printed programs
 * (tools/difftest-helpers.c). */
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

/*@ sum_page sum_file @*/
static uint64_t sum_page(const uint64_t *words, uint64_t sum)
{
	for (unsigned i = 0; i < PAGE / sizeof(*words); i += 4)
		sum = (sum ^ words[i] ^ words[i + 1] << 1 ^ words[i + 2] << 2 ^ words[i + 3] << 3) *
		      0x9e3779b97f4a7c15ull;
	return sum;
}

/*@ sum_file @*/
/* 0; or the error that reading ended with. */
static long sum_file(int file, uint64_t *sum)
{
	static uint64_t page[PAGE / sizeof(uint64_t)];
	long got, at = 0;

	*sum = 0;
	do {
		memset(page, 0, sizeof(page));
		got = SYS(pread64, file, page, sizeof(page), at);
		if (got > 0)
			*sum = sum_page(page, *sum);
		at += got;
	} while (got > 0);
	return got;
}

/*@ @*/
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
		for (uint64_t page = m.start; page < m.end && page < m.start + SUM_PAGES * PAGE;
			page += PAGE)
			sum = (sum ^ page ^ look_at_page(page)) * 0x9e3779b97f4a7c15ull;
	}
	put_hex(sum);
}

static void put_sum_of_file(enum op_file file)
{
	struct stat st;
	uint64_t sum;
	long err;

	put(" file ");
	put_decimal(file);
	put(" size ");
	SYS(fstat, files[file], &st);
	put_hex(st.st_size);
	err = sum_file(files[file], &sum);
	put(" sum ");
	put_hex(sum);
	if (err)
		put(" unreadable");
}

void run_sum(void)
{
	put_sum_of_memory();
	put_sum_of_file(FILE_TMPFS);
	put_sum_of_file(FILE_EXT2);
	put_sum_of_file(FILE_MEMFD);
}

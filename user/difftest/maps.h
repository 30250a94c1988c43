/* SPDX-License-Identifier: MIT */
/*
 * The mappings of the process that runs, as /proc/self/maps tells them, in a form in which both
 * kernels have to agree: next_mapping() says what is evened out.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*@ next_mapping @*/
struct mapping {
	uint64_t start, end, offset;
	char perms[5];
	char path[80];
};

/*@ @*/

/* Opens the file; again, in a process that was forked. */
void open_maps(void);
void reopen_maps(void);

/* Gives the text for next_mapping(), good until the next call; NULL: it cannot be read. */
const char *read_maps(void);

/*
 * The next mapping that operations made; NULL at the end. Private mappings that follow one upon the
 * other and are alike count as one: Linux keeps some apart that might be one, by the history of
 * their pages (anon_vma), which is its own affair.
 */
const char *next_mapping(const char *at, struct mapping *m);

/* Does [start, end) reach beyond one line of the file, within what next_mapping() takes for one? */
bool is_split_by_history(uint64_t start, uint64_t end);

/* Is the memory file mapped, shared, anywhere in [start, end)? */
bool is_memfd_mapped(uint64_t start, uint64_t end);

/* Are bytes [from, to) of the open file mapped anywhere in [start, end)? */
bool is_part_mapped(int file, uint64_t from, uint64_t to, uint64_t start, uint64_t end);

/* Puts a hash of the mappings into the line. */
void note_maps(void);

/* The mappings that note_maps() found, into the log, each with a line. */
void show_maps(void);

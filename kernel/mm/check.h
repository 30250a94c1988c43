/* SPDX-License-Identifier: MIT */
/*
 * Do the books agree? Rules over everything that mm/ keeps twice, each with a name. A check returns
 * what it found, so that a test can plant a fault and look for its rule; who only wants to be sure
 * calls mm_check() (mm.h) or check_all_or_panic(), which panic.
 */
#pragma once

#include "mm/mm.h"

struct check_finding {
	const char *rule; /* a word; NULL: nothing was found */
	char text[200];   /* which things do not agree */
};

/* Notes the finding and returns false: the end of a rule that is broken. */
bool check_broken(struct check_finding *f, const char *rule, const char *fmt, ...) __printf(3, 4);

/* The address space: VMAs, page tables, what they map, counters, reverse maps. True: all agree.
 * Costs by all that is mapped. => mm->lock held; may sleep */
bool check_mm(struct mm *mm, struct check_finding *f);

/* The same of what a change of [start, end) can have broken: its VMAs and their neighbours, their place
 * in the tree, its entries; no sums. Costs by what is in there. => mm->lock held; may sleep */
bool check_mm_range(struct mm *mm, vaddr_t start, vaddr_t end, struct check_finding *f);

/* check_cache.c: the pages of a mapping and its reverse map. Exact only when nobody uses them
 * meanwhile. Costs by all that is cached and mapped. => rmap_lock held */
bool check_mapping(struct mapping *m, struct check_finding *f);
/* check_frames.c: all frames. Each is in one state, and the counters of each kind are what the
 * frames add up to; and so is what was promised. Exact only when nothing else runs.
 * => no mm->lock held; may sleep */
bool check_frames(struct check_finding *f);

/* All of that over everything. Threads that happen to run make it look again; a finding that stays
 * is true. Panics with it. => no lock held; may sleep */
void check_all_or_panic(void);

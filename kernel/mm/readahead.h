/* SPDX-License-Identifier: MIT */
/* Read-ahead: which pages to read when one is missing or will be soon. */
#pragma once

#include "mm/pagecache.h"

/* The page at `index` is not cached: starts reading it and what will probably be wanted next. ra
 * NULL: only it. 0 if reading was started or somebody else's page is there; -ENOMEM. May sleep
 * (block map). */
int readahead_missing(struct mapping *m, pgoff_t index, struct readahead *ra);
/* A page with PG_READAHEAD was reached: reads the next window while the reader works on this one.
 * ra NULL: the page was reached through a mapping. May sleep (block map). */
void readahead_reached(struct mapping *m, struct page *p, struct readahead *ra);
/* The same for a fault: the page at index is missing, and the VMA has this advice. Reads around
 * it. */
int readahead_fault(struct mapping *m, pgoff_t index, enum readahead_advice advice);

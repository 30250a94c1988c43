/* SPDX-License-Identifier: MIT */
/* The flusher: writes dirty pages when they are old (5 s), when there are too many, or when
 * asked. */
#pragma once

#include "mm/mapping.h"

void writeback_init(void); /* starts the flusher thread */
/* Writes every dirty mapping; wait: until it is on the device (flush commands are the filesystem's:
 * fs_sync_all). May sleep. */
void writeback_sync_all(bool wait);
void writeback_wake(void); /* any context */

/* --- for the neighbours in mm/ --- */

/* A page of m, which was clean, became dirty. Does not sleep. */
void writeback_note_dirty(struct mapping *m);
/* A dirty page was cleaned or dropped. Any context. */
void writeback_note_clean(void);
/* The mapping ends: the flusher leaves it alone from now on. It has no dirty pages. */
void writeback_forget(struct mapping *m);
/* Writes this one page, if it is dirty, and waits for nothing. => page locked; unlocks it. May
 * sleep (block map). For reclaim. */
void writeback_page(struct mapping *m, struct page *p);
/* Dirty pages, and pages on their way to the disk. */
u64 writeback_nr_dirty(void);
u64 writeback_nr_writeback(void);
struct writeback_stats {
	u64 dirtied, written; /* pages, since boot */
	u64 background_threshold,
		dirty_threshold; /* pages: the flusher starts, writers are slowed */
};
void writeback_get_stats(struct writeback_stats *st);

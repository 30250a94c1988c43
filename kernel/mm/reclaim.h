/* SPDX-License-Identifier: MIT */
/* What happens when memory runs short: a thread frees some before it is gone, and who finds none
 * frees some itself. */
#pragma once

#include "lib/types.h"

/* Caches outside mm/ that can give something back (dentries, inodes): fn frees up to nr objects and
 * returns how many. It may sleep, and is called by the reclaim thread only, with no lock held. At
 * most 8. */
void reclaim_register_shrinker(u64 (*fn)(u64 nr));
/* proc: chooses the largest process, prints a message and kills it. May sleep. */
void reclaim_set_oom_killer(void (*kill)(void));

/* Is the caller the reclaim thread? It cannot wait for memory: it would wait for itself. */
bool reclaim_is_current(void);

/* An allocation for a user failed after all. Makes somebody free memory or die, and waits a little.
 * True: try again; false: nothing can be done. => no lock held */
bool reclaim_out_of_memory(void);

/* Frees every cache page that is clean and not in use (drop_caches). Returns how many. May
 * sleep. */
u64 reclaim_drop_clean(void);

/* MADV_PAGEOUT: these pages of the cache are unmapped everywhere, written if they are dirty, and
 * freed if nobody else uses them. Puts the caller's references. May sleep; no lock held. */
struct page;
void reclaim_page_out(struct page **pages, u32 nr);

struct reclaim_stats {
	/* pages, by the thread and by who allocates */
	u64 scanned, scanned_direct, freed, freed_direct;
	u64 written, activated;
	u64 runs, direct_runs;  /* how often it began */
	u64 objects, oom_kills; /* dropped by shrinkers; processes killed */
};
void reclaim_get_stats(struct reclaim_stats *st);
void reclaim_init(void); /* starts the thread */

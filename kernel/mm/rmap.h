/* SPDX-License-Identifier: MIT */
/*
 * Reverse maps of the page cache: from a mapping's pages to the VMAs, and so the page-table
 * entries, that map them. (Private copies have none: fork keeps addresses, so a walk over the fork
 * family at one address would find them.)
 */
#pragma once

#include "mm/mm.h"
#include "mm/zap.h"

/* Adds and removes a VMA (vma->mapping not NULL). => mapping->rmap_lock held */
void rmap_insert(struct vma *vma);
void rmap_remove(struct vma *vma);
/* Is it in its mapping's tree? (mm_check) => mapping->rmap_lock held */
bool rmap_contains(const struct vma *vma);

/* How many entries that map pages of m do the VMAs lead to? (Checking.) => rmap_lock held */
u64 rmap_count_entries(struct mapping *m);
/* A mapping that may be sealed gets a VMA that is shared and may be written: from begin to end, while
 * the VMA is not there yet, it counts as if it were. 0, or -EPERM: it is sealed. May sleep. */
int rmap_begin_shared_write(struct mapping *m);
void rmap_end_shared_write(struct mapping *m);
/* From now on there is no such VMA. 0, or -EBUSY: there is one. May sleep. */
int rmap_deny_shared_write(struct mapping *m);

/* Unmaps the pages [first, last] (page numbers) everywhere. May sleep; the page lock may be
 * held. */
void rmap_unmap_range(struct mapping *m, pgoff_t first, pgoff_t last, enum zap_what what);
/* Makes all entries of [first, last] read-only, so that the next store faults and says that the
 * page is dirty again. May sleep. */
void rmap_write_protect(struct mapping *m, pgoff_t first, pgoff_t last);

/* For reclaim, which must not wait: both return false if the lock is taken; the second also if a
 * locked VMA maps the page. */
/* *referenced: was the page used through any entry since the last look? */
bool rmap_try_referenced(struct mapping *m, struct page *p, bool *referenced);
bool rmap_try_unmap(struct mapping *m, struct page *p);
/* The same, and waits for the lock: false only if a locked VMA maps the page. */
bool rmap_unmap_page(struct mapping *m, struct page *p);

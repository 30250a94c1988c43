/* SPDX-License-Identifier: MIT */
/*
 * The buddy system: free frames in blocks of 2^order, aligned to their size. Pure: no locks, no
 * per-CPU state, no policy (those are page.c's); it needs page_array only, so the same file is
 * tested on the host.
 */
#pragma once

#include "mm/page.h"

#define BUDDY_ORDERS (PAGE_MAX_ORDER + 1)

struct buddy {
	struct page_list free[BUDDY_ORDERS]; /* heads of free blocks */
	u32 orders;                          /* bit n: free[n] is not empty */
	u64 nr_free;                         /* frames */
};

/* A block of 2^order frames, or NULL. Splits the smallest block that is large enough. */
struct page *buddy_take(struct buddy *b, u32 order);
/* The smallest free block, or its lower part if its order is above *order: *order becomes what was
 * taken. NULL: nothing is free. Uses up fragments, and splits nothing that it does not need to. */
struct page *buddy_take_smallest(struct buddy *b, u32 *order);
/* Gives a block back (one that buddy_take gave, or an aligned part of it) and merges it with its
 * free buddies. */
void buddy_give(struct buddy *b, struct page *p, u32 order);
/* Gives any range of frames, in the largest blocks that fit: boot. */
void buddy_give_range(struct buddy *b, pfn_t first, u64 nr);
/* Panics unless lists, flags and counters agree (tests). */
void buddy_check(const struct buddy *b);

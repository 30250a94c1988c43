/* SPDX-License-Identifier: MIT */
/*
 * Radix tree: u64 index -> non-NULL pointer, 64-way, with NR_RADIX_TAGS tag bits per entry that are
 * summarised upwards, so that "next dirty entry" costs by the depth. No locks: the caller's. Memory
 * comes in by radix_ops (so that the same file is tested on the host).
 */
#pragma once

#include "lib/types.h"

#define NR_RADIX_TAGS 2

struct radix_node;
#define RADIX_NODE_SIZE (8 * (1 + NR_RADIX_TAGS + 64)) /* bytes: what alloc_node is asked for */

struct radix_tree {
	struct radix_node *root;
	u32 height; /* levels below root; 0: empty or a single entry at index 0 */
	u32 tags;   /* root's own tag summary */
	u64 count;  /* entries */
};

/* Node memory. Set once at start-up; alloc may return NULL. Called under the caller's lock: must
 * not sleep. */
struct radix_ops {
	void *(*alloc_node)(size_t size); /* zeroed */
	void (*free_node)(void *node, size_t size);
};
void radix_set_ops(const struct radix_ops *ops);

/* The entry at index, or NULL. */
void *radix_get(const struct radix_tree *t, u64 index);

/* 0, -EEXIST, or -ENOMEM (nothing changed). */
int radix_insert(struct radix_tree *t, u64 index, void *item);

/* Removes and returns the entry (NULL: there was none); empty nodes are freed. */
void *radix_remove(struct radix_tree *t, u64 index);

/* The first entry with index >= *index (sets *index), or NULL. */
void *radix_next(const struct radix_tree *t, u64 *index);
/* The same among entries with this tag. */
void *radix_next_tagged(const struct radix_tree *t, u64 *index, u32 tag);
/* The entries of the aligned block of 64 indexes that index lies in: those of the bits set in
 * *present are there, at slots[i % 64]. NULL: none is. Stable until the tree is changed. For
 * looking at neighbours. */
void *const *radix_leaf(const struct radix_tree *t, u64 index, u64 *present);
/* The first index >= index which has no entry (index itself if free); for read-ahead. */
u64 radix_next_hole(const struct radix_tree *t, u64 index, u64 max_scan);

void radix_set_tag(struct radix_tree *t, u64 index, u32 tag);
void radix_clear_tag(struct radix_tree *t, u64 index, u32 tag);
bool radix_get_tag(const struct radix_tree *t, u64 index, u32 tag);
bool radix_tagged(const struct radix_tree *t, u32 tag); /* any entry */

/* for (u64 i = 0; (p = radix_next(t, &i)); i++) */
#define radix_for_each(t, i, p) for ((i) = 0; ((p) = radix_next(t, &(i))) != NULL; (i)++)

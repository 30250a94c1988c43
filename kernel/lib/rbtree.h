/* SPDX-License-Identifier: MIT */
/*
 * Balanced (red-black) trees, intrusive and augmented: each node may keep a summary of its subtree
 * (the largest gap, the largest end), which the tree keeps right through insert, erase and
 * rotation. The caller searches and decides where to link, so that comparisons are inlined:
 *
 *	struct rb_node **link = &tree->root, *parent = NULL;
 *	while (*link) { parent = *link; link = key < key_of(parent) ? &parent->left : &parent->right; }
 *	rb_insert(tree, &new->node, parent, link, &my_augment);
 */
#pragma once

#include "lib/types.h"

struct rb_node {
	u64 parent_color; /* parent pointer; bit 0 set: black */
	struct rb_node *left, *right;
};

struct rb_tree {
	struct rb_node *root;
};

static inline struct rb_node *rb_parent(const struct rb_node *node)
{
	return (struct rb_node *)(node->parent_color & ~1UL);
}

/* Recomputes the node's summary from itself and its two children; returns true if it changed. */
struct rb_augment {
	bool (*update)(struct rb_node *node);
};

/* Links node at *link below parent (NULL: root) and rebalances. aug may be NULL. */
void rb_insert(struct rb_tree *t, struct rb_node *node, struct rb_node *parent,
	struct rb_node **link, const struct rb_augment *aug);

/* Unlinks node. aug may be NULL. */
void rb_erase(struct rb_tree *t, struct rb_node *node, const struct rb_augment *aug);

/* node's own key data changed without moving it: brings the summaries up to the root up to date. */
void rb_update(struct rb_node *node, const struct rb_augment *aug);

struct rb_node *rb_first(const struct rb_tree *t);
struct rb_node *rb_last(const struct rb_tree *t);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

#define rb_entry(n, type, member) container_of(n, type, member)
#define rb_for_each(n, t)         for (n = rb_first(t); n; n = rb_next(n))

/* SPDX-License-Identifier: MIT */
/*
 * Radix tree. Six bits of the index choose the slot at each level, from the top; a tree of height h
 * holds indexes below 64^h, and grows and shrinks with its largest index:
 *
 *	height 0            height 1               height 2
 *	root = the entry    root -> [entry x 64]   root -> [node x 64] -> [entry x 64]
 *
 * Invariant: no node is empty; the root of a tree with height > 0 has something besides slot 0
 * (else it shrinks); bit s of node->tags[t] is set if slot s (or anything below it) has tag t;
 * tree->tags is the same for the root.
 */
#include "lib/radix.h"
#include "lib/err.h"

#define SLOT_BITS  6
#define SLOTS      64
#define MAX_HEIGHT 11 /* 66 bits */

struct radix_node {
	u64 present; /* slots in use */
	u64 tags[NR_RADIX_TAGS];
	void *slots[SLOTS];
};

static const struct radix_ops *ops;

void radix_set_ops(const struct radix_ops *new_ops)
{
	ops = new_ops;
}

static u64 max_index(u32 height)
{
	return height >= MAX_HEIGHT ? ~0UL : (1UL << (height * SLOT_BITS)) - 1;
}

/* The slot of `index` in a node `level` levels above the entries (1: the entries are its slots). */
static u32 slot_of(u64 index, u32 level)
{
	return index >> ((level - 1) * SLOT_BITS) & (SLOTS - 1);
}

/* The nodes from the root (path[height]) to the leaf (path[1]). */
struct path {
	struct radix_node *node[MAX_HEIGHT + 1];
};

/* Fills path as far as nodes exist; returns the entry or NULL. */
static void *walk(const struct radix_tree *t, u64 index, struct path *path)
{
	void *p = t->root;

	if (index > max_index(t->height))
		return NULL;
	for (u32 level = t->height; level && p; level--) {
		path->node[level] = p;
		p = path->node[level]->slots[slot_of(index, level)];
	}
	return p;
}

void *radix_get(const struct radix_tree *t, u64 index)
{
	void *p = t->root;

	if (index > max_index(t->height))
		return NULL;
	for (u32 level = t->height; level && p; level--)
		p = ((struct radix_node *)p)->slots[slot_of(index, level)];
	return p;
}

void *const *radix_leaf(const struct radix_tree *t, u64 index, u64 *present)
{
	struct radix_node *node = t->root;

	*present = 0;
	if (!node || index > max_index(t->height | !t->height))
		return NULL;
	if (t->height == 0) { /* the one entry, at index 0 */
		*present = 1;
		return (void *const *)&t->root;
	}
	for (u32 level = t->height; level > 1; level--) {
		node = node->slots[slot_of(index, level)];
		if (!node)
			return NULL;
	}
	*present = node->present;
	return node->slots;
}

/* Takes levels off whose only use is slot 0, and an empty tree's height. */
static void shrink(struct radix_tree *t)
{
	struct radix_node *node;

	while (t->height && t->root && t->root->present == 1) {
		node = t->root;
		t->root = node->slots[0];
		t->height--;
		ops->free_node(node, sizeof(*node));
	}
	if (!t->root) {
		t->height = 0;
		t->tags = 0;
	}
}

/* Puts levels on top until index fits. */
static int grow(struct radix_tree *t, u64 index)
{
	struct radix_node *node;

	while (index > max_index(t->height)) {
		if (t->root) {
			node = ops->alloc_node(sizeof(*node));
			if (!node)
				return -ENOMEM;
			node->slots[0] = t->root;
			node->present = 1;
			for (u32 tag = 0; tag < NR_RADIX_TAGS; tag++)
				node->tags[tag] = t->tags >> tag & 1;
			t->root = node;
		}
		t->height++;
	}
	return 0;
}

/* Frees nodes that are empty from `level` upwards; clears their slots and tags above. */
static void prune(struct radix_tree *t, struct path *path, u64 index, u32 level)
{
	struct radix_node *parent;

	for (; level <= t->height && !path->node[level]->present; level++) {
		ops->free_node(path->node[level], sizeof(*path->node[level]));
		if (level == t->height) {
			t->root = NULL;
		} else {
			parent = path->node[level + 1];
			parent->slots[slot_of(index, level + 1)] = NULL;
			parent->present &= ~(1UL << slot_of(index, level + 1));
		}
	}
	shrink(t);
}

int radix_insert(struct radix_tree *t, u64 index, void *item)
{
	struct path path;
	void **slot = (void **)&t->root;
	u32 level;

	if (grow(t, index) < 0) {
		shrink(t);
		return -ENOMEM;
	}
	for (level = t->height; level; level--) {
		if (!*slot) {
			*slot = ops->alloc_node(sizeof(struct radix_node));
			if (!*slot) {
				if (level < t->height) {
					path.node[level + 1]->present &=
						~(1UL << slot_of(index, level + 1));
					prune(t, &path, index, level + 1);
				}
				shrink(t);
				return -ENOMEM;
			}
		}
		path.node[level] = *slot;
		path.node[level]->present |= 1UL << slot_of(index, level);
		slot = &path.node[level]->slots[slot_of(index, level)];
	}
	if (*slot)
		return -EEXIST;
	*slot = item;
	t->count++;
	return 0;
}

/* Clears the tag of slot `index` at `level`, and of the levels above as far as nothing else there
 * has it. */
static void clear_tag_upwards(
	struct radix_tree *t, struct path *path, u64 index, u32 level, u32 tag)
{
	for (; level <= t->height; level++) {
		path->node[level]->tags[tag] &= ~(1UL << slot_of(index, level));
		if (path->node[level]->tags[tag])
			return;
	}
	t->tags &= ~(1U << tag);
}

void *radix_remove(struct radix_tree *t, u64 index)
{
	struct path path;
	void *item = walk(t, index, &path);

	if (!item)
		return NULL;
	for (u32 tag = 0; tag < NR_RADIX_TAGS; tag++)
		clear_tag_upwards(t, &path, index, 1, tag);
	t->count--;
	if (t->height == 0) {
		t->root = NULL;
		return item;
	}
	path.node[1]->slots[slot_of(index, 1)] = NULL;
	path.node[1]->present &= ~(1UL << slot_of(index, 1));
	prune(t, &path, index, 1);
	return item;
}

void radix_set_tag(struct radix_tree *t, u64 index, u32 tag)
{
	struct path path;

	if (!walk(t, index, &path))
		return;
	for (u32 level = 1; level <= t->height; level++)
		path.node[level]->tags[tag] |= 1UL << slot_of(index, level);
	t->tags |= 1U << tag;
}

void radix_clear_tag(struct radix_tree *t, u64 index, u32 tag)
{
	struct path path;

	if (walk(t, index, &path))
		clear_tag_upwards(t, &path, index, 1, tag);
}

bool radix_get_tag(const struct radix_tree *t, u64 index, u32 tag)
{
	struct path path;

	if (!walk(t, index, &path))
		return false;
	if (t->height == 0)
		return radix_tagged(t, tag);
	return path.node[1]->tags[tag] >> slot_of(index, 1) & 1;
}

bool radix_tagged(const struct radix_tree *t, u32 tag)
{
	return t->tags >> tag & 1;
}

#define ANY_TAG NR_RADIX_TAGS

/*
 * Goes down towards *index. Where the slot on the way is not usable, takes the next usable one of
 * the node, from whose first index everything is usable; where the node has none, steps to the
 * index behind the node and starts again.
 */
static void *next_entry(const struct radix_tree *t, u64 *index, u32 tag)
{
	u64 i = *index;
	struct radix_node *node;
	u64 usable, slot, span;
	u32 level;
	void *p;

again:
	if (!t->root || i > max_index(t->height))
		return NULL;
	p = t->root;
	for (level = t->height; level; level--) {
		node = p;
		slot = slot_of(i, level);
		span = 1UL << ((level - 1) * SLOT_BITS); /* indexes below one slot */
		usable = (tag == ANY_TAG ? node->present : node->tags[tag]) >> slot;
		if (!usable) {
			if (level == t->height)
				return NULL;
			i = (i | (span * SLOTS - 1)) + 1;
			if (!i)
				return NULL;
			goto again;
		}
		if (!(usable & 1)) {
			u64 skip = (u64)__builtin_ctzl(usable);

			i = (i & ~(span - 1)) + skip * span;
			slot += skip;
		}
		p = node->slots[slot];
	}
	*index = i;
	return p;
}

void *radix_next(const struct radix_tree *t, u64 *index)
{
	return next_entry(t, index, ANY_TAG);
}

void *radix_next_tagged(const struct radix_tree *t, u64 *index, u32 tag)
{
	return radix_tagged(t, tag) ? next_entry(t, index, tag) : NULL;
}

u64 radix_next_hole(const struct radix_tree *t, u64 index, u64 max_scan)
{
	u64 end = index + max_scan;
	struct path path;

	while (index < end) {
		u64 holes;

		if (!walk(t, index, &path))
			return index;
		if (t->height == 0)
			return index + 1; /* the only entry is at index 0 */
		holes = ~path.node[1]->present >> slot_of(index, 1);
		if (holes)
			return min(index + (u64)__builtin_ctzl(holes), end);
		index = (index | (SLOTS - 1)) + 1;
	}
	return end;
}

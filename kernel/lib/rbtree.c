/* SPDX-License-Identifier: MIT */
/*
 * Red-black trees (Cormen et al., chapter 13), augmented.
 *
 * Invariant: the root is black; a red node has black children; every way from a node down to a
 * missing child passes the same number of black nodes. So no way is more than twice as long as
 * another.
 *
 * Summaries: a rotation changes the subtrees of two nodes only, so it updates the lower and then
 * the upper one; what is above sees the same set of nodes below it. Insertion and removal change
 * sets, so they bring the whole way up to the root up to date before they rebalance.
 */
#include "lib/rbtree.h"

#define BLACK 1UL

static inline struct rb_node *parent_of(const struct rb_node *n)
{
	return (struct rb_node *)(n->parent_color & ~BLACK);
}

/* A missing child counts as black. */
static inline bool is_black(const struct rb_node *n)
{
	return !n || n->parent_color & BLACK;
}

static inline void set_parent(struct rb_node *n, struct rb_node *parent)
{
	n->parent_color = (u64)parent | (n->parent_color & BLACK);
}

static inline void set_black(struct rb_node *n)
{
	n->parent_color |= BLACK;
}

static inline void set_red(struct rb_node *n)
{
	n->parent_color &= ~BLACK;
}

static inline void copy_color(struct rb_node *n, const struct rb_node *from)
{
	n->parent_color = (n->parent_color & ~BLACK) | (from->parent_color & BLACK);
}

/* Puts `new` where `old` hangs below parent. */
static void replace_child(
	struct rb_tree *t, struct rb_node *parent, struct rb_node *old, struct rb_node *new)
{
	if (!parent)
		t->root = new;
	else if (parent->left == old)
		parent->left = new;
	else
		parent->right = new;
}

/*
 * rotate_left(x):    x            y
 *                   / \          / \
 *                  a   y   ->   x   c       rotate_right(y) is the way back
 *                     / \      / \
 *                    b   c    a   b
 */
static void rotate_left(struct rb_tree *t, struct rb_node *x, const struct rb_augment *aug)
{
	struct rb_node *y = x->right, *parent = parent_of(x);

	x->right = y->left;
	if (x->right)
		set_parent(x->right, x);
	y->left = x;
	set_parent(x, y);
	set_parent(y, parent);
	replace_child(t, parent, x, y);
	if (aug) {
		aug->update(x);
		aug->update(y);
	}
}

static void rotate_right(struct rb_tree *t, struct rb_node *y, const struct rb_augment *aug)
{
	struct rb_node *x = y->left, *parent = parent_of(y);

	y->left = x->right;
	if (y->left)
		set_parent(y->left, y);
	x->right = y;
	set_parent(y, x);
	set_parent(x, parent);
	replace_child(t, parent, y, x);
	if (aug) {
		aug->update(y);
		aug->update(x);
	}
}

/* Updates n and what is above it, until a summary stays as it was. */
static void propagate(struct rb_node *n, const struct rb_augment *aug)
{
	while (n && aug->update(n))
		n = parent_of(n);
}

void rb_update(struct rb_node *node, const struct rb_augment *aug)
{
	propagate(node, aug);
}

void rb_insert(struct rb_tree *t, struct rb_node *node, struct rb_node *parent,
	struct rb_node **link, const struct rb_augment *aug)
{
	struct rb_node *grand, *uncle;

	node->parent_color = (u64)parent; /* red */
	node->left = node->right = NULL;
	*link = node;
	if (aug) {
		aug->update(node);
		propagate(parent, aug);
	}

	/* The only thing that may be wrong: node and parent are both red. */
	while ((parent = parent_of(node)) && !is_black(parent)) {
		grand = parent_of(parent); /* there is one: the root is black */
		uncle = grand->left == parent ? grand->right : grand->left;
		if (!is_black(uncle)) {
			set_black(parent);
			set_black(uncle);
			set_red(grand);
			node = grand;
			continue;
		}
		if (grand->left == parent) {
			if (parent->right == node) {
				rotate_left(t, parent, aug);
				parent = node;
			}
			set_black(parent);
			set_red(grand);
			rotate_right(t, grand, aug);
		} else {
			if (parent->left == node) {
				rotate_right(t, parent, aug);
				parent = node;
			}
			set_black(parent);
			set_red(grand);
			rotate_left(t, grand, aug);
		}
		break;
	}
	set_black(t->root);
}

/* One black node too few on the ways through `node` (NULL: the missing child) below parent. */
static void erase_rebalance(struct rb_tree *t, struct rb_node *node, struct rb_node *parent,
	const struct rb_augment *aug)
{
	while (parent && is_black(node)) {
		bool on_left = parent->left == node;
		struct rb_node *sibling = on_left ? parent->right : parent->left;
		struct rb_node *near, *far;

		if (!is_black(sibling)) { /* make it black: one of its children takes its place */
			set_black(sibling);
			set_red(parent);
			if (on_left)
				rotate_left(t, parent, aug);
			else
				rotate_right(t, parent, aug);
			sibling = on_left ? parent->right : parent->left;
		}
		near = on_left ? sibling->left : sibling->right;
		far = on_left ? sibling->right : sibling->left;
		if (is_black(near) && is_black(far)) { /* pay on both sides, move the debt up */
			set_red(sibling);
			node = parent;
			parent = parent_of(node);
			continue;
		}
		if (is_black(far)) {
			set_black(near);
			set_red(sibling);
			if (on_left)
				rotate_right(t, sibling, aug);
			else
				rotate_left(t, sibling, aug);
			far = sibling;
			sibling = near;
		}
		copy_color(sibling, parent);
		set_black(parent);
		set_black(far);
		if (on_left)
			rotate_left(t, parent, aug);
		else
			rotate_right(t, parent, aug);
		return;
	}
	if (node)
		set_black(node);
}

static struct rb_node *leftmost(struct rb_node *n)
{
	while (n && n->left)
		n = n->left;
	return n;
}

static struct rb_node *rightmost(struct rb_node *n)
{
	while (n && n->right)
		n = n->right;
	return n;
}

/* node has at most one child: that child takes its place. */
static void erase_simple(struct rb_tree *t, struct rb_node *node, const struct rb_augment *aug)
{
	struct rb_node *child = node->left ? node->left : node->right;
	struct rb_node *parent = parent_of(node);

	replace_child(t, parent, node, child);
	if (child)
		set_parent(child, parent);
	if (aug)
		propagate(parent, aug);
	if (is_black(node))
		erase_rebalance(t, child, parent, aug);
}

/* node has two children: its successor, which has no left child, leaves its place and takes
 * node's. */
static void erase_inner(struct rb_tree *t, struct rb_node *node, const struct rb_augment *aug)
{
	struct rb_node *next = leftmost(node->right);
	struct rb_node *child = next->right, *low = parent_of(next);
	bool removed_black = is_black(next);

	if (low == node) {
		low = next; /* the place that loses a node is below next itself */
	} else {
		low->left = child;
		if (child)
			set_parent(child, low);
		next->right = node->right;
		set_parent(next->right, next);
	}
	next->left = node->left;
	set_parent(next->left, next);
	next->parent_color = node->parent_color;
	replace_child(t, parent_of(node), node, next);
	if (aug) {
		/* next's summary is stale whatever it says: update it always, then all above it. */
		if (low != next)
			propagate(low, aug);
		aug->update(next);
		propagate(parent_of(next), aug);
	}
	if (removed_black)
		erase_rebalance(t, child, low, aug);
}

void rb_erase(struct rb_tree *t, struct rb_node *node, const struct rb_augment *aug)
{
	if (node->left && node->right)
		erase_inner(t, node, aug);
	else
		erase_simple(t, node, aug);
}

struct rb_node *rb_first(const struct rb_tree *t)
{
	return leftmost(t->root);
}

struct rb_node *rb_last(const struct rb_tree *t)
{
	return rightmost(t->root);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *parent;

	if (node->right)
		return leftmost(node->right);
	while ((parent = parent_of(node)) && parent->right == node)
		node = parent;
	return parent;
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *parent;

	if (node->left)
		return rightmost(node->left);
	while ((parent = parent_of(node)) && parent->left == node)
		node = parent;
	return parent;
}

/* SPDX-License-Identifier: MIT */
/* Random insertions, removals and changes in an augmented tree, against a sorted array. */
#include "hosttest.h"

#include "lib/rbtree.c"

struct item {
	struct rb_node node;
	uint64_t key, weight;
	uint64_t max_weight; /* summary: the largest weight below */
	uint64_t nr_below;   /* summary: the number of nodes below */
};

#define MAX_ITEMS 400

static struct rb_tree tree;
static struct item *model[MAX_ITEMS]; /* sorted by key */
static int nr_items;

static struct item *item_of(struct rb_node *n)
{
	return rb_entry(n, struct item, node);
}

static bool item_update(struct rb_node *n)
{
	struct item *it = item_of(n);
	uint64_t weight = it->weight, below = 1;

	for (int right = 0; right < 2; right++) {
		struct rb_node *child = right ? n->right : n->left;

		if (!child)
			continue;
		weight = max(weight, item_of(child)->max_weight);
		below += item_of(child)->nr_below;
	}
	if (weight == it->max_weight && below == it->nr_below)
		return false;
	it->max_weight = weight;
	it->nr_below = below;
	return true;
}

static const struct rb_augment augment = { item_update };

/* Checks everything below n; returns the number of black nodes on every way down. */
static int check_subtree(struct rb_node *n, struct rb_node *parent)
{
	int left, right;
	struct item copy;

	if (!n)
		return 1;
	CHECK(parent_of(n) == parent);
	CHECK(is_black(n) || (is_black(n->left) && is_black(n->right)));
	left = check_subtree(n->left, n);
	right = check_subtree(n->right, n);
	CHECK(left == right);
	copy = *item_of(n);
	CHECK(!item_update(&copy.node));
	return left + (is_black(n) ? 1 : 0);
}

static void check_all(void)
{
	struct rb_node *n;
	int i = 0;

	CHECK(is_black(tree.root));
	check_subtree(tree.root, NULL);
	rb_for_each (n, &tree) {
		CHECK(i < nr_items && item_of(n) == model[i]);
		i++;
	}
	CHECK(i == nr_items);
	for (n = rb_last(&tree); n; n = rb_prev(n))
		CHECK(item_of(n) == model[--i]);
	CHECK(i == 0);
}

static void insert_random(void)
{
	struct rb_node **link = &tree.root, *parent = NULL;
	struct item *it = calloc(1, sizeof(*it));
	int i;

	it->key = test_below(1000);
	it->weight = test_below(100);
	it->max_weight = test_random(); /* rubbish: the tree has to set it */
	while (*link) {
		parent = *link;
		link = it->key < item_of(parent)->key ? &parent->left : &parent->right;
	}
	rb_insert(&tree, &it->node, parent, link, &augment);
	for (i = nr_items++; i > 0 && model[i - 1]->key > it->key; i--)
		model[i] = model[i - 1];
	model[i] = it;
}

static void erase_random(void)
{
	int i = (int)test_below(nr_items);
	struct item *it = model[i];

	rb_erase(&tree, &it->node, &augment);
	memmove(&model[i], &model[i + 1], (nr_items - i - 1) * sizeof(model[0]));
	nr_items--;
	free(it);
}

int main(int argc, char **argv)
{
	test_begin(argc, argv, "rbtree");
	for (int step = 0; step < 20000; step++) {
		int growing = step / 1000 % 2 == 0;
		uint64_t what = test_below(10);

		if (what == 0 && nr_items) {
			struct item *it = model[test_below(nr_items)];

			it->weight = test_below(100);
			rb_update(&it->node, &augment);
		} else if (nr_items < MAX_ITEMS && (nr_items == 0 || (what < 7) == growing)) {
			insert_random();
		} else {
			erase_random();
		}
		if (nr_items < 20 || step % 16 == 0)
			check_all();
	}
	while (nr_items) {
		erase_random();
		check_all();
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* Random operations on a radix tree, with failing allocations, against an array of entries. */
#include "hosttest.h"

#include "lib/radix.c"

#define MAX_ENTRIES 300

struct entry {
	uint64_t index;
	bool tag[NR_RADIX_TAGS];
};

static struct radix_tree tree;
static struct entry *model[MAX_ENTRIES]; /* sorted by index */
static int nr_entries, nr_nodes;
static bool allocations_fail;

static void *test_alloc_node(size_t size)
{
	if (allocations_fail && test_below(3) == 0)
		return NULL;
	nr_nodes++;
	return calloc(1, size);
}

static void test_free_node(void *node, size_t size)
{
	memset(node, 0xdd, size);
	free(node);
	nr_nodes--;
}

static const struct radix_ops test_ops = { test_alloc_node, test_free_node };

/* Indexes near each other, far from each other, and at the very end. */
static uint64_t random_index(void)
{
	switch (test_below(6)) {
	case 0:
		return test_below(4);
	case 1:
	case 2:
		return test_below(300);
	case 3:
		return test_below(100000);
	case 4:
		return (1ull << test_below(64)) + test_below(3) - 1;
	default:
		return ~0ull - test_below(70);
	}
}

/* The place of the first entry with index >= i. */
static int model_find(uint64_t i)
{
	int n = 0;

	while (n < nr_entries && model[n]->index < i)
		n++;
	return n;
}

static bool model_has(uint64_t i)
{
	int n = model_find(i);

	return n < nr_entries && model[n]->index == i;
}

static void insert_random(void)
{
	uint64_t i = random_index();
	struct entry *e = calloc(1, sizeof(*e));
	int n = model_find(i), nodes = nr_nodes, err;

	e->index = i;
	err = radix_insert(&tree, i, e);
	if (model_has(i))
		CHECK(err == -EEXIST || (allocations_fail && err == -ENOMEM));
	else
		CHECK(err == 0 || (allocations_fail && err == -ENOMEM));
	if (err < 0) {
		CHECK(nr_nodes == nodes);
		free(e);
		return;
	}
	memmove(&model[n + 1], &model[n], (nr_entries - n) * sizeof(model[0]));
	model[n] = e;
	nr_entries++;
}

static void remove_random(void)
{
	uint64_t i =
		test_below(5) && nr_entries ? model[test_below(nr_entries)]->index : random_index();
	int n = model_find(i);
	struct entry *e = radix_remove(&tree, i);

	CHECK((e != NULL) == model_has(i));
	if (!e)
		return;
	CHECK(e == model[n]);
	nr_entries--;
	memmove(&model[n], &model[n + 1], (nr_entries - n) * sizeof(model[0]));
	free(e);
}

static void tag_random(void)
{
	int n = (int)test_below(nr_entries);
	uint32_t tag = (uint32_t)test_below(NR_RADIX_TAGS);

	model[n]->tag[tag] = test_below(2);
	if (model[n]->tag[tag])
		radix_set_tag(&tree, model[n]->index, tag);
	else
		radix_clear_tag(&tree, model[n]->index, tag);
}

/* The block around i, entry by entry. */
static void check_leaf(uint64_t i)
{
	u64 present;
	void *const *slots = radix_leaf(&tree, i, &present);

	for (uint64_t k = 0; k < 64; k++) {
		bool there = present >> k & 1;

		CHECK(!there || slots);
		CHECK((there ? slots[k] : NULL) == radix_get(&tree, (i & ~63ul) + k));
	}
}

static void check_random(void)
{
	uint64_t i = random_index(), at = i, hole;
	int n = model_find(i);
	struct entry *e = radix_next(&tree, &at);

	CHECK(tree.count == (uint64_t)nr_entries);
	CHECK((radix_get(&tree, i) != NULL) == model_has(i));
	check_leaf(i);
	if (n < nr_entries)
		CHECK(e == model[n] && at == e->index);
	else
		CHECK(!e && at == i);

	for (uint32_t tag = 0; tag < NR_RADIX_TAGS; tag++) {
		bool any = false;

		for (int k = 0; k < nr_entries; k++)
			any |= model[k]->tag[tag];
		CHECK(radix_tagged(&tree, tag) == any);
		for (n = model_find(i); n < nr_entries && !model[n]->tag[tag]; n++)
			;
		at = i;
		e = radix_next_tagged(&tree, &at, tag);
		CHECK(n < nr_entries ? e == model[n] && at == e->index : !e);
		n = model_find(i);
		CHECK(radix_get_tag(&tree, i, tag) == (model_has(i) && model[n]->tag[tag]));
	}

	if (i > ~0ull - 1000)
		return;
	for (hole = i; hole < i + 200 && model_has(hole); hole++)
		;
	CHECK(radix_next_hole(&tree, i, 200) == hole);
}

static void check_all(void)
{
	struct entry *e;
	uint64_t i;
	int n = 0;

	radix_for_each (&tree, i, e) {
		CHECK(n < nr_entries && e == model[n] && i == e->index);
		n++;
		if (i == ~0ull)
			break;
	}
	CHECK(n == nr_entries);
}

int main(int argc, char **argv)
{
	test_begin(argc, argv, "radix");
	radix_set_ops(&test_ops);
	for (int step = 0; step < 60000; step++) {
		int growing = step / 2000 % 2 == 0;
		uint64_t what = test_below(10);

		allocations_fail = step % 5000 > 2500;
		if (what < 3 && nr_entries)
			tag_random();
		else if (nr_entries < MAX_ENTRIES && (what < 8) == growing)
			insert_random();
		else
			remove_random();
		check_random();
		if (step % 100 == 0)
			check_all();
	}
	while (nr_entries)
		remove_random();
	CHECK(nr_nodes == 0 && !tree.root && tree.height == 0 && tree.count == 0 && tree.tags == 0);
	return 0;
}

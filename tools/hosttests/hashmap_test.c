/* SPDX-License-Identifier: MIT */
/* Random additions, removals and searches in a hash multimap, with many collisions, against an
 * array of entries. */
#include "hosttest.h"

#include "lib/hashmap.c"

#define MAX_ENTRIES 400

static struct hash_slot model[MAX_ENTRIES];
static u32 nr_entries;

static u32 model_count(u32 hash, u32 value)
{
	u32 n = 0;

	for (u32 i = 0; i < nr_entries; i++)
		n += model[i].hash == hash && model[i].value == value;
	return n;
}

static u32 model_count_hash(u32 hash)
{
	u32 n = 0;

	for (u32 i = 0; i < nr_entries; i++)
		n += model[i].hash == hash;
	return n;
}

/* Few different ones, so that chains are long; and such as begin at the array's end. */
static u32 random_hash(void)
{
	return test_below(3) ? (u32)test_below(40) : (u32)(0xfffffff0u + test_below(16));
}

static void check_hash(const struct hashmap *m, u32 hash)
{
	u32 at = HASHMAP_NONE, value, n = 0;

	while ((value = hashmap_next(m, hash, &at)) != HASHMAP_NONE) {
		CHECK(model_count(hash, value) > 0);
		CHECK(++n <= MAX_ENTRIES);
	}
	CHECK(n == model_count_hash(hash));
}

static void grow(struct hashmap *m)
{
	u32 nr = (m->mask + 1) * 2;
	struct hashmap larger;

	hashmap_init(&larger, calloc(nr, sizeof(struct hash_slot)), nr);
	hashmap_move(&larger, m);
	CHECK(larger.count == m->count);
	free(m->slots);
	*m = larger;
}

static void add(struct hashmap *m)
{
	struct hash_slot e = { random_hash(), (u32)test_below(5) };

	if (nr_entries == MAX_ENTRIES)
		return;
	if (hashmap_is_full(m))
		grow(m);
	hashmap_add(m, e.hash, e.value);
	model[nr_entries++] = e;
}

static void remove_one(struct hashmap *m)
{
	struct hash_slot e = { random_hash(), (u32)test_below(5) };
	u32 i = 0;

	while (i < nr_entries && (model[i].hash != e.hash || model[i].value != e.value))
		i++;
	CHECK(hashmap_remove(m, e.hash, e.value) == (i < nr_entries));
	if (i < nr_entries)
		model[i] = model[--nr_entries];
}

int main(int argc, char **argv)
{
	test_begin(argc, argv, "hashmap");
	for (int round = 0; round < 50; round++) {
		struct hashmap m;

		nr_entries = 0;
		hashmap_init(&m, calloc(8, sizeof(struct hash_slot)), 8);
		for (int i = 0; i < 2000; i++) {
			if (test_below(100) < (i < 1000 ? 65u : 35u))
				add(&m);
			else
				remove_one(&m);
			CHECK(m.count == nr_entries);
			check_hash(&m, random_hash());
		}
		free(m.slots);
	}
	return 0;
}

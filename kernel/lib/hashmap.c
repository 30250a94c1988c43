// SPDX-License-Identifier: MIT
/* A multimap from hashes to small numbers: see hashmap.h. */
#include "lib/hashmap.h"

void hashmap_init(struct hashmap *m, struct hash_slot *slots, u32 nr_slots)
{
	m->slots = slots;
	m->mask = nr_slots - 1;
	m->count = 0;
	for (u32 i = 0; i < nr_slots; i++)
		slots[i].value = HASHMAP_NONE;
}

bool hashmap_is_full(const struct hashmap *m)
{
	return (u64)m->count * 4 >= (u64)m->mask * 3;
}

static bool is_empty(const struct hashmap *m, u32 i)
{
	return m->slots[i].value == HASHMAP_NONE;
}

void hashmap_add(struct hashmap *m, u32 hash, u32 value)
{
	u32 i = hash & m->mask;

	while (!is_empty(m, i))
		i = (i + 1) & m->mask;
	m->slots[i] = (struct hash_slot){ hash, value };
	m->count++;
}

u32 hashmap_next(const struct hashmap *m, u32 hash, u32 *at)
{
	u32 i = *at == HASHMAP_NONE ? hash & m->mask : (*at + 1) & m->mask;

	while (!is_empty(m, i) && m->slots[i].hash != hash)
		i = (i + 1) & m->mask;
	*at = i;
	return m->slots[i].value;
}

/* Empties slot i: what follows without a gap moves up, unless that would put it before its home. */
static void shift_back(struct hashmap *m, u32 hole)
{
	for (u32 i = (hole + 1) & m->mask; !is_empty(m, i); i = (i + 1) & m->mask) {
		u32 home = m->slots[i].hash & m->mask;

		if (((i - home) & m->mask) < ((i - hole) & m->mask))
			continue;
		m->slots[hole] = m->slots[i];
		hole = i;
	}
	m->slots[hole].value = HASHMAP_NONE;
}

bool hashmap_remove(struct hashmap *m, u32 hash, u32 value)
{
	u32 at = HASHMAP_NONE, found;

	do
		found = hashmap_next(m, hash, &at);
	while (found != value && found != HASHMAP_NONE);
	if (found == HASHMAP_NONE)
		return false;
	shift_back(m, at);
	m->count--;
	return true;
}

void hashmap_move(struct hashmap *to, const struct hashmap *from)
{
	for (u32 i = 0; i <= from->mask; i++)
		if (!is_empty(from, i))
			hashmap_add(to, from->slots[i].hash, from->slots[i].value);
}

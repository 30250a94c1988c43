/* SPDX-License-Identifier: MIT */
/*
 * A multimap from 32-bit hashes to small numbers, in an array that the caller provides: open
 * addressing with linear probing, and removal by shifting back, so that there are no tombstones and
 * a search ends at the first empty slot.
 *
 * No locks and no allocation: when hashmap_is_full() says so, the caller brings a larger array and
 * moves everything with hashmap_move().
 */
#pragma once

#include "lib/types.h"

#define HASHMAP_NONE 0xffffffffu /* no value: an empty slot */

struct hash_slot {
	u32 hash, value;
};

struct hashmap {
	struct hash_slot *slots;
	u32 mask; /* number of slots - 1 */
	u32 count;
};

/* An empty map in slots[nr_slots]; nr_slots is a power of two. */
void hashmap_init(struct hashmap *m, struct hash_slot *slots, u32 nr_slots);
/* True if one more entry would make searches long (three quarters are in use). */
bool hashmap_is_full(const struct hashmap *m);
/* Adds an entry; the same (hash, value) may be there several times. => !hashmap_is_full(m) */
void hashmap_add(struct hashmap *m, u32 hash, u32 value);
/* The values of a hash, one a call, until HASHMAP_NONE. *at is the walk's place: HASHMAP_NONE at
 * first. Nothing may be added or removed during the walk. */
u32 hashmap_next(const struct hashmap *m, u32 hash, u32 *at);
/* Removes one entry. False: there is none. */
bool hashmap_remove(struct hashmap *m, u32 hash, u32 value);
/* Adds all of `from` to `to`. => it has room */
void hashmap_move(struct hashmap *to, const struct hashmap *from);

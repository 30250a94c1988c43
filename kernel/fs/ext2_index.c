// SPDX-License-Identifier: MIT
/*
 * ext2: the index of a directory in memory. See ext2_index.h.
 *
 *	names   hash of the name -> block          (lib/hashmap.c)
 *	room    block -> the largest entry that can find place there; may promise too much, never too little
 *
 * Locks: the directory's, for an index; list_lock (RANK_LRU) for the list of all of them. The
 * shrinker comes from the list, so it holds the inode and tries its lock.
 */
#include "fs/ext2_index.h"
#include "fs/inode.h"
#include "lib/hash.h"
#include "lib/hashmap.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

#define FIRST_SLOTS  256
#define FIRST_BLOCKS 16
#define LARGEST      MIB(4) /* kmalloc's */

struct ext2_index {
	struct list link; /* list_lock */
	struct inode *dir;
	struct hashmap names;
	u16 *room;
	/* blocks that room[] has place for; behind the directory's end they have none */
	u32 nr_room;
	u32 first_room; /* no block before this one had room for the last entry that was added */
	bool used;      /* since the shrinker last looked */
};

static struct spinlock list_lock = SPINLOCK_INIT(list_lock, RANK_LRU);
static struct list indexes = LIST_INIT(indexes); /* oldest first */

static bool alloc_slots(struct hashmap *m, u32 nr)
{
	struct hash_slot *slots = NULL;

	if (nr <= LARGEST / sizeof(*slots))
		slots = kmalloc(nr * sizeof(*slots));
	if (slots)
		hashmap_init(m, slots, nr);
	return slots;
}

struct ext2_index *ext2_index_create(struct inode *dir)
{
	struct ext2_index *x = kzalloc(sizeof(*x));

	if (!x)
		return NULL;
	if (!alloc_slots(&x->names, FIRST_SLOTS)) {
		kfree(x);
		return NULL;
	}
	x->dir = dir;
	ext2_i(dir)->index = x;
	spin_lock(&list_lock);
	list_append(&indexes, &x->link);
	spin_unlock(&list_lock);
	return x;
}

void ext2_index_drop(struct inode *dir)
{
	struct ext2_index *x = ext2_i(dir)->index;

	if (!x)
		return;
	ext2_i(dir)->index = NULL;
	spin_lock(&list_lock);
	list_remove(&x->link);
	spin_unlock(&list_lock);
	kfree(x->names.slots);
	kfree(x->room);
	kfree(x);
}

/* ---------------------------------------------------------------- names */

static bool grow_names(struct ext2_index *x)
{
	struct hashmap larger;

	if (!alloc_slots(&larger, (x->names.mask + 1) * 2))
		return false;
	hashmap_move(&larger, &x->names);
	kfree(x->names.slots);
	x->names = larger;
	return true;
}

bool ext2_index_add(struct ext2_index *x, const char *name, u32 len, u32 block)
{
	if (hashmap_is_full(&x->names) && !grow_names(x))
		return false;
	hashmap_add(&x->names, hash_bytes(name, len), block);
	return true;
}

void ext2_index_remove(struct ext2_index *x, const char *name, u32 len, u32 block)
{
	hashmap_remove(&x->names, hash_bytes(name, len), block);
}

u32 ext2_index_next(struct ext2_index *x, const char *name, u32 len, u32 *at)
{
	x->used = true;
	return hashmap_next(&x->names, hash_bytes(name, len), at);
}

/* ---------------------------------------------------------------- room */

static bool grow_room(struct ext2_index *x, u32 block)
{
	u32 nr = max(x->nr_room, (u32)FIRST_BLOCKS);
	u16 *larger = NULL;

	while (nr <= block)
		nr *= 2;
	if (nr <= LARGEST / sizeof(*larger))
		larger = kzalloc(nr * sizeof(*larger));
	if (!larger)
		return false;
	if (x->room)
		memcpy(larger, x->room, x->nr_room * sizeof(*larger));
	kfree(x->room);
	x->room = larger;
	x->nr_room = nr;
	return true;
}

bool ext2_index_set_room(struct ext2_index *x, u32 block, u32 bytes)
{
	if (block >= x->nr_room && !grow_room(x, block))
		return false;
	x->room[block] = (u16)bytes;
	return true;
}

bool ext2_index_more_room(struct ext2_index *x, u32 block, u32 bytes)
{
	x->first_room = min(x->first_room, block);
	return (block < x->nr_room && x->room[block] >= bytes) ||
	       ext2_index_set_room(x, block, bytes);
}

u32 ext2_index_find_room(struct ext2_index *x, u32 bytes, u32 end)
{
	u32 block = x->first_room;

	while (block < end && (block >= x->nr_room || x->room[block] < bytes))
		block++;
	x->first_room = block;
	return block;
}

/* ---------------------------------------------------------------- memory is short */

/* The first index that was not used since the last round, with its directory held. The others go to
 * the list's end; so does this one, lest it be found again before it is dropped. NULL: all were
 * used, and have lost their mark now. */
static struct inode *unused_directory(void)
{
	struct list seen = LIST_INIT(seen);
	struct inode *dir = NULL;
	struct ext2_index *x, *next;

	spin_lock(&list_lock);
	list_for_each_safe (x, next, &indexes, link) {
		list_remove(&x->link);
		list_append(&seen, &x->link);
		/* One that was removed goes with its last user: deleting it is not the reclaimer's
		 * work. */
		if (!x->used && x->dir->nlink && inode_hold_mapping(&x->dir->mapping)) {
			dir = x->dir;
			break;
		}
		x->used = false;
	}
	list_for_each_safe (x, next, &seen, link) {
		list_remove(&x->link);
		list_append(&indexes, &x->link);
	}
	spin_unlock(&list_lock);
	return dir;
}

/* One a call, of whatever size: it makes a page or more. */
static u64 shrink(u64 nr)
{
	struct inode *dir = nr ? unused_directory() : NULL;
	u64 freed = 0;

	if (!dir)
		return 0;
	if (mutex_trylock(&dir->lock)) {
		freed = ext2_i(dir)->index != NULL;
		ext2_index_drop(dir);
		mutex_unlock(&dir->lock);
	}
	inode_put(dir);
	return freed;
}

void ext2_index_init(void)
{
	reclaim_register_shrinker(shrink);
}

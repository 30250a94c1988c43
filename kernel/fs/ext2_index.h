/* SPDX-License-Identifier: MIT */
/*
 * ext2: an index of a directory in memory, so that a name costs the same in a directory of any
 * size. On the disk there is nothing of it: it is built by one pass over the directory, kept true
 * by every change, and dropped with the inode or when memory is short.
 *
 * It says in which blocks a name can lie (by its hash, so the block decides), and how much room a
 * block can have at most. All functions: => dir->lock held. Whoever has no index (NULL: no memory)
 * reads the directory from its start.
 */
#pragma once

#include "fs/ext2.h"

/* Gives the directory an empty index. NULL: no memory. */
struct ext2_index *ext2_index_create(struct inode *dir);
/* Takes it away again, if there is one. */
void ext2_index_drop(struct inode *dir);
/* A name lies, or no longer lies, in this block. False: no memory to grow; the index is of no use
 * any more. */
bool ext2_index_add(struct ext2_index *x, const char *name, u32 len, u32 block);
void ext2_index_remove(struct ext2_index *x, const char *name, u32 len, u32 block);
/* The blocks that may hold the name, one a call, until HASHMAP_NONE; *at is HASHMAP_NONE at
 * first. */
u32 ext2_index_next(struct ext2_index *x, const char *name, u32 len, u32 *at);
/* A block has room for an entry of at most `bytes`; false as for ext2_index_add().
 * ext2_index_more_room() only raises it. */
bool ext2_index_set_room(struct ext2_index *x, u32 block, u32 bytes);
bool ext2_index_more_room(struct ext2_index *x, u32 block, u32 bytes);
/* The first block below `end` that may have room for `bytes`, or `end`. */
u32 ext2_index_find_room(struct ext2_index *x, u32 bytes, u32 end);

void ext2_index_init(void);

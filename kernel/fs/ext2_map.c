// SPDX-License-Identifier: MIT
/*
 * ext2: the block map. An inode has 15 pointers: 12 to data, one each to a single, double and
 * triple indirect block.
 *
 *	index:   0..11 | 12 .. 12+A-1 | ... +A^2 | ... +A^3        A = block numbers in a block
 *	path:    {i}   | {12, i}      | {13, i, j} | {14, i, j, k}
 *
 * Locks: changes under es->lock. Look-ups take none: see ext2.h.
 */
#include "fs/ext2.h"
#include "fs/inode.h"

#define MAX_DEPTH 4

u64 ext2_map_limit(const struct ext2_super *es)
{
	u64 a = es->addresses;

	return min(EXT2_NDIR + a + a * a + a * a * a, 0xffffffffUL);
}

/* The pointers' indices on the way to a logical block; the number of them, or -EFBIG. */
static int map_path(const struct ext2_super *es, u64 index, u32 path[MAX_DEPTH])
{
	u64 a = es->addresses, span = a;

	if (index < EXT2_NDIR) {
		path[0] = (u32)index;
		return 1;
	}
	index -= EXT2_NDIR;
	for (int level = 1; level <= 3; level++, span *= a) {
		if (index >= span) {
			index -= span;
			continue;
		}
		path[0] = EXT2_NDIR + (u32)level - 1;
		for (int i = level; i >= 1; i--, index /= a)
			path[i] = (u32)(index % a);
		return level + 1;
	}
	return -EFBIG;
}

static u32 load_pointer(const u32 *slot)
{
	return __atomic_load_n(slot, __ATOMIC_ACQUIRE);
}

int ext2_map_lookup(struct inode *inode, u64 index, u32 *block)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u32 path[MAX_DEPTH];
	int depth = map_path(es, index, path);
	u32 b;

	if (depth < 0)
		return depth;
	b = load_pointer(&ext2_i(inode)->block[path[0]]);
	for (int i = 1; i < depth && b; i++) {
		void *data;
		struct page *p = ext2_read_block(es, b, &data);

		if (IS_ERR(p))
			return (int)PTR_ERR(p);
		b = load_pointer((u32 *)data + path[i]);
		page_put(p);
	}
	if (b && !ext2_block_valid(es, b))
		return ext2_corrupt(inode->sb, "inode %lu: block number %u", inode->ino, b);
	*block = b;
	return 0;
}

/* ---------------------------------------------------------------- allocation */

static void account_inode_blocks(struct inode *inode, s32 delta)
{
	inode->blocks += (u64)((s64)delta * (inode->sb->block_size / 512));
	inode_mark_dirty(inode);
}

/* Where the next block of this file should lie. */
static u32 choose_goal(struct inode *inode)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	struct ext2_inode *ei = ext2_i(inode);

	return ei->goal ? ei->goal : es->first_data_block + ei->group * es->blocks_per_group;
}

static u32 alloc_for_inode(struct inode *inode, int *err)
{
	u32 b = ext2_alloc_block_locked(ext2_sb(inode->sb), choose_goal(inode), err);

	if (b) {
		ext2_i(inode)->goal = b + 1;
		account_inode_blocks(inode, 1);
	}
	return b;
}

/* Bytes [at, at + len) of the disk hold changed pointers of this file's. => es->lock held */
static void note_map_change(struct inode *inode, u64 at, u32 len)
{
	struct ext2_inode *ei = ext2_i(inode);

	if (ei->map_from >= ei->map_to) {
		ei->map_from = at;
		ei->map_to = at + len;
	}
	ei->map_from = min(ei->map_from, at);
	ei->map_to = max(ei->map_to, at + len);
	ei->map_changes++;
}

/* A pointer in an indirect block was changed. */
static void pointer_changed(struct inode *inode, struct page *p, const u32 *slot)
{
	ext2_block_dirty(ext2_sb(inode->sb), p, slot, sizeof(*slot));
	note_map_change(
		inode, (page_index(p) << PAGE_SHIFT) + page_offset_in((u64)slot), sizeof(*slot));
}

int ext2_map_sync(struct inode *inode, errseq_t *seen)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	struct ext2_inode *ei = ext2_i(inode);
	u64 from, to, changes;
	int err;

	mutex_lock(&es->lock);
	from = ei->map_from;
	to = ei->map_to;
	changes = ei->map_changes;
	mutex_unlock(&es->lock);
	if (from >= to)
		return 0;
	err = pagecache_sync_since(&es->bd->mapping, from, to, true, seen);
	mutex_lock(&es->lock);
	if (changes == ei->map_changes)
		ei->map_from = ei->map_to = 0;
	mutex_unlock(&es->lock);
	return err;
}

/* A new indirect block is all zeros before anything points at it. */
static int alloc_indirect(struct inode *inode, u32 *block)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	struct page *p;
	void *data;
	int err;

	*block = alloc_for_inode(inode, &err);
	if (!*block)
		return err;
	p = block_get_zeroed(es->bd, (u64)*block << es->block_shift, es->block_size, &data);
	if (IS_ERR(p)) {
		ext2_free_block_locked(es, *block);
		account_inode_blocks(inode, -1);
		return (int)PTR_ERR(p);
	}
	page_put(p);
	note_map_change(inode, (u64)*block << es->block_shift, es->block_size);
	return 0;
}

static int alloc_data(struct inode *inode, u32 *block)
{
	int err;

	*block = alloc_for_inode(inode, &err);
	return *block ? 0 : err;
}

/* Follows (or fills) the pointer in *slot, which lies in the page `holder` (NULL: in the inode). */
static int step(struct inode *inode, struct page *holder, u32 *slot, bool is_data, bool *fresh)
{
	u32 block;
	int err;

	if (*slot)
		return 0;
	err = is_data ? alloc_data(inode, &block) : alloc_indirect(inode, &block);
	if (err)
		return err;
	__atomic_store_n(slot, block, __ATOMIC_RELEASE);
	if (holder)
		pointer_changed(inode, holder, slot);
	if (is_data)
		*fresh = true;
	return 0;
}

static int map_create_locked(
	struct inode *inode, const u32 *path, int depth, u32 *block, bool *fresh)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u32 *slot = &ext2_i(inode)->block[path[0]];
	struct page *holder = NULL;
	int err = 0;

	for (int i = 0; i < depth && !err; i++) {
		struct page *p;
		void *data;

		err = step(inode, holder, slot, i == depth - 1, fresh);
		*block = *slot;
		if (err || i == depth - 1)
			break;
		p = ext2_read_block(es, *slot, &data);
		if (holder)
			page_put(holder);
		holder = NULL;
		if (IS_ERR(p))
			return (int)PTR_ERR(p);
		holder = p;
		slot = (u32 *)data + path[i + 1];
	}
	if (holder)
		page_put(holder);
	return err;
}

int ext2_map_create(struct inode *inode, u64 index, u32 *block, bool *fresh)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u32 path[MAX_DEPTH];
	int depth = map_path(es, index, path);
	int err;

	*fresh = false;
	if (depth < 0)
		return depth;
	err = ext2_map_lookup(inode, index, block);
	if (err || *block)
		return err;
	mutex_lock(&es->lock);
	err = map_create_locked(inode, path, depth, block, fresh);
	mutex_unlock(&es->lock);
	if (!err && !ext2_block_valid(es, *block))
		err = ext2_corrupt(inode->sb, "inode %lu: block number %u", inode->ino, *block);
	return err;
}

/* ---------------------------------------------------------------- freeing */

/* An indirect block goes back: what is dirty of it must never be written over its next owner's
 * data. */
static void free_metadata(struct inode *inode, u32 block)
{
	struct ext2_super *es = ext2_sb(inode->sb);

	pagecache_forget(&es->bd->mapping, (u64)block << es->block_shift, es->block_size);
	ext2_free_block_locked(es, block);
	account_inode_blocks(inode, -1);
}

static int free_range(struct inode *inode, u32 *slot, int level, u64 from, u64 to, bool *cleared);

/* Frees [from, to) below an indirect block, counted from its first data block. */
static int free_below(struct inode *inode, u32 block, int level, u64 from, u64 to)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u64 child_span = 1;
	struct page *p;
	void *data;
	int err = 0;

	for (int i = 1; i < level; i++)
		child_span *= es->addresses;
	p = ext2_read_block(es, block, &data);
	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	for (u64 i = from / child_span; i < es->addresses && i * child_span < to && !err; i++) {
		u64 base = i * child_span;
		u32 *slot = (u32 *)data + i;
		bool cleared = false;

		err = free_range(
			inode, slot, level - 1, from > base ? from - base : 0, to - base, &cleared);
		if (cleared)
			pointer_changed(inode, p, slot);
	}
	page_put(p);
	return err;
}

/* Frees [from, to) of the subtree of *slot (level 0: a data block); the subtree's own block too if
 * all of it goes. */
static int free_range(struct inode *inode, u32 *slot, int level, u64 from, u64 to, bool *cleared)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u32 block = *slot;
	u64 span = 1;
	int err = 0;

	for (int i = 0; i < level; i++)
		span *= es->addresses;
	if (!block || from >= span || to == 0)
		return 0;
	if (level)
		err = free_below(inode, block, level, from, to);
	if (err || from > 0 || to < span)
		return err;
	__atomic_store_n(slot, 0, __ATOMIC_RELEASE);
	*cleared = true;
	if (level) {
		free_metadata(inode, block);
	} else {
		ext2_free_block_locked(es, block);
		account_inode_blocks(inode, -1);
	}
	return 0;
}

static int free_blocks(struct inode *inode, u64 first, u64 end)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u64 base = 0, span = 1;
	int err = 0;

	mutex_lock(&es->lock);
	for (u32 i = 0; i < 15 && base < end && !err; i++) {
		int level = i < EXT2_NDIR ? 0 : (int)(i - EXT2_NDIR + 1);
		bool cleared = false;

		span = level ? span * es->addresses : 1;
		if (first < base + span)
			err = free_range(inode, &ext2_i(inode)->block[i], level,
				first > base ? first - base : 0, end - base, &cleared);
		base += span;
	}
	mutex_unlock(&es->lock);
	inode_mark_dirty(inode);
	return err;
}

int ext2_map_truncate(struct inode *inode, u64 first)
{
	ext2_i(inode)->goal = 0;
	return free_blocks(inode, first, ~0UL);
}

int ext2_map_punch(struct inode *inode, u64 first, u64 end)
{
	return first < end ? free_blocks(inode, first, end) : 0;
}

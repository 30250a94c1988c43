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
#include "lib/bitmap.h"
#include "lib/string.h"
#include "sched/sched.h"

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

/* ---------------------------------------------------------------- holes */

/* How many of these pointers, the first one for sure, are not null (or are). */
static u64 count_alike(const u32 *slots, u64 nr, bool set)
{
	u64 i = 1;

	while (i < nr && (load_pointer(&slots[i]) != 0) == set)
		i++;
	return i;
}

/*
 * Is the block mapped, and up to which other one (*end) is it the same? A null pointer in an
 * indirect block answers for all that is below it, so this costs by what there is, and not by the
 * size of a hole.
 */
static int extent_at(struct inode *inode, u64 index, bool *mapped, u64 *end)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u32 path[MAX_DEPTH], *slots = ext2_i(inode)->block;
	int depth = map_path(es, index, path), level = 0;
	u64 nr = index < EXT2_NDIR ? EXT2_NDIR - index : 1, span = 1, before = 0;
	struct page *holder = NULL;
	u32 b;

	if (depth < 0)
		return depth;
	b = load_pointer(&slots[path[0]]);
	while (b && level < depth - 1) {
		void *data;
		struct page *p = ext2_read_block(es, b, &data);

		if (holder)
			page_put(holder);
		if (IS_ERR(p))
			return (int)PTR_ERR(p);
		holder = p;
		slots = data;
		level++;
		nr = es->addresses - path[level];
		b = load_pointer(&slots[path[level]]);
	}
	*mapped = b != 0;
	nr = count_alike(&slots[path[level]], nr, *mapped);
	if (holder)
		page_put(holder);
	/* blocks below a pointer of this level, and those of the first one that are before `index` */
	for (int i = depth - 1; i > level; i--, span *= es->addresses)
		before += path[i] * span;
	*end = index - before + nr * span;
	return 0;
}

int ext2_map_find(struct inode *inode, u64 *index, u64 end, bool mapped)
{
	bool is_mapped = false;
	u64 next = 0;
	int err;

	while (*index < end) {
		err = extent_at(inode, *index, &is_mapped, &next);
		if (err || is_mapped == mapped)
			return err;
		*index = next;
		cond_resched();
	}
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

/*
 * Blocks on their way out of a map.
 *
 *	truncation   they are free at once: behind the end of the file nobody looks for blocks
 *	a hole       (deferred) they leave the map; then the pages that may be using them are zeroed, and
 *	             no longer written to them; then they are free. Batch by batch.
 *
 * Race (found by punch_hole_storm): pages that were dropped before the blocks left the map came back
 * in between, with what was on the disk; and stores to them were lost.
 */
#define BATCH 128

struct removal {
	struct inode *inode;
	bool deferred, full;
	u64 next; /* deferred: what comes before this block of the file is done */
	/* the batch: blocks, which of them are indirect ones, and what pages may be using them */
	u32 nr;
	u32 blocks[BATCH];
	u64 is_map[BATCH / 64];
	u64 from, to; /* blocks of the file */
};

static void begin_batch(struct removal *r)
{
	r->full = false;
	r->nr = 0;
	r->from = ~0UL;
	r->to = 0;
	memset(r->is_map, 0, sizeof(r->is_map));
}

/* An indirect block's changes must never be written over its next owner's data. => es->lock held */
static void free_block(struct inode *inode, u32 block, bool is_map)
{
	struct ext2_super *es = ext2_sb(inode->sb);

	if (is_map)
		pagecache_forget(&es->bd->mapping, (u64)block << es->block_shift, es->block_size);
	ext2_free_block_locked(es, block);
	account_inode_blocks(inode, -1);
}

/* A part of the map: blocks [base, base + span) of the file, below one pointer. */
struct subtree {
	u32 *slot;
	int level; /* 0: a data block */
	u64 base, span;
};

/* Nothing in the map points to t's own block any more. */
static void let_go(struct removal *r, const struct subtree *t, u32 block)
{
	if (!r->deferred) {
		free_block(r->inode, block, t->level);
		return;
	}
	if (t->level)
		bitmap_set(r->is_map, r->nr);
	r->blocks[r->nr++] = block;
	r->from = min(r->from, t->base);
	r->next = r->to = t->base + t->span;
}

static int remove_from(
	struct removal *r, const struct subtree *t, u64 first, u64 end, bool *cleared);

/* Removes what lies below the indirect block of t. */
static int remove_below(struct removal *r, const struct subtree *t, u64 first, u64 end)
{
	struct ext2_super *es = ext2_sb(r->inode->sb);
	struct subtree child = { .level = t->level - 1, .span = t->span / es->addresses };
	u64 from = max(first, r->next);
	struct page *p;
	void *data;
	int err = 0;

	p = ext2_read_block(es, *t->slot, &data);
	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	for (u64 i = from > t->base ? (from - t->base) / child.span : 0;
		i < es->addresses && t->base + i * child.span < end && !err && !r->full; i++) {
		bool cleared = false;

		child.slot = (u32 *)data + i;
		child.base = t->base + i * child.span;
		err = remove_from(r, &child, first, end, &cleared);
		if (cleared)
			pointer_changed(r->inode, p, child.slot);
	}
	page_put(p);
	cond_resched(); /* es->lock is no obstacle to that */
	return err;
}

/* Is there a pointer in this indirect block? 0, 1 or -errno. */
static int has_pointers(struct ext2_super *es, u32 block)
{
	const u32 *pointers;
	struct page *p;
	void *data;
	u32 i = 0;

	p = ext2_read_block(es, block, &data);
	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	for (pointers = data; i < es->addresses && !pointers[i]; i++)
		;
	page_put(p);
	return i < es->addresses;
}

/*
 * Removes the data blocks [first, end) of a subtree; its own block too if all of it goes.
 *
 * Race (found by punch_hole_blocks): between two batches a store filled what had been removed. It is
 * not removed again, or stores could keep the hole from ever being done; and the indirect block stays.
 */
static int remove_from(
	struct removal *r, const struct subtree *t, u64 first, u64 end, bool *cleared)
{
	struct ext2_super *es = ext2_sb(r->inode->sb);
	u32 block = *t->slot;
	int err;

	if (!block || first >= t->base + t->span || end <= t->base)
		return 0;
	if (!t->level && t->base < r->next)
		return 0;
	if (t->level) {
		err = remove_below(r, t, first, end);
		if (err || r->full)
			return err;
	}
	if (first > t->base || end < t->base + t->span)
		return 0;
	if (t->level && r->deferred) {
		err = has_pointers(es, block);
		if (err)
			return min(err, 0);
	}
	r->full = r->nr == BATCH;
	if (r->full)
		return 0;
	__atomic_store_n(t->slot, 0, __ATOMIC_RELEASE);
	*cleared = true;
	let_go(r, t, block);
	return 0;
}

/* Removes [first, end), until the batch is full. */
static int remove_blocks(struct removal *r, u64 first, u64 end)
{
	struct ext2_super *es = ext2_sb(r->inode->sb);
	struct subtree t = { .span = 1 };
	int err = 0;

	mutex_lock(&es->lock);
	for (u32 i = 0; i < 15 && t.base < end && !err && !r->full; i++) {
		bool cleared = false;

		t.slot = &ext2_i(r->inode)->block[i];
		if (i >= EXT2_NDIR) {
			t.level++;
			t.span *= es->addresses;
		}
		err = remove_from(r, &t, first, end, &cleared);
		t.base += t.span;
	}
	mutex_unlock(&es->lock);
	inode_mark_dirty(r->inode);
	return err;
}

/* Frees what was removed. No page is read from it or written to it any more. */
static void free_removed(struct removal *r)
{
	struct ext2_super *es = ext2_sb(r->inode->sb);

	mutex_lock(&es->lock);
	for (u32 i = 0; i < r->nr; i++)
		free_block(r->inode, r->blocks[i], bitmap_test(r->is_map, i));
	mutex_unlock(&es->lock);
	begin_batch(r);
}

int ext2_map_truncate(struct inode *inode, u64 first)
{
	struct removal r = { .inode = inode };

	ext2_i(inode)->goal = 0;
	return remove_blocks(&r, first, ~0UL);
}

int ext2_map_unmake(struct inode *inode, u64 index)
{
	struct removal r = { .inode = inode };

	return remove_blocks(&r, index, index + 1);
}

int ext2_map_punch(struct inode *inode, u64 first, u64 end)
{
	struct removal r = { .inode = inode, .deferred = true, .next = first };
	u32 shift = ext2_sb(inode->sb)->block_shift;
	bool more = first < end;
	int err = 0;

	begin_batch(&r);
	while (more) {
		err = remove_blocks(&r, first, end);
		more = r.full && !err;
		if (r.nr)
			pagecache_settle_hole(&inode->mapping, r.from << shift, r.to << shift);
		free_removed(&r);
		cond_resched();
	}
	return err;
}

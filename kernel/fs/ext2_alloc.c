// SPDX-License-Identifier: MIT
/*
 * ext2: finding free blocks and inodes in the bitmaps, one of each kind a group. A file's blocks
 * follow each other (goal), its first ones lie in its inode's group; directories are spread over
 * groups with room, files lie with their directory.
 *
 * Locks: es->lock around every look at a bitmap and at the counts that go with it.
 */
#include "fs/context.h"
#include "fs/ext2.h"
#include "fs/inode.h"
#include "lib/bitmap.h"

static u32 group_first_block(const struct ext2_super *es, u32 g)
{
	return es->first_data_block + g * es->blocks_per_group;
}

static u32 group_nr_blocks(const struct ext2_super *es, u32 g)
{
	return min(es->blocks_per_group, es->blocks_count - group_first_block(es, g));
}

/* The last blocks are the superuser's (mke2fs -m). */
static bool may_take_block(const struct ext2_super *es)
{
	u32 free = es->disk->free_blocks_count;
	const struct cred *c = current_cred();

	if (free > es->disk->r_blocks_count)
		return true;
	return free > 0 && (cred_can(c, CAP_SYS_RESOURCE) || !c->fsuid);
}

static void account_blocks(struct ext2_super *es, u32 group, s32 delta)
{
	ext2_group(es, group)->free_blocks_count += (u16)delta;
	es->disk->free_blocks_count += (u32)delta;
	ext2_group_dirty(es, group);
	ext2_super_dirty(es);
}

/* The group's own bitmaps and inode table never belong to a file, whatever a damaged bitmap or
 * block map says. */
static bool is_metadata(struct ext2_super *es, u32 g, u32 block)
{
	const struct ext2_group_desc *gd = ext2_group(es, g);

	return block == gd->block_bitmap || block == gd->inode_bitmap ||
	       (block >= gd->inode_table && block - gd->inode_table < es->table_blocks);
}

/* The first clear bit at or (if there is none) before `from` that stands for a block which may be
 * taken, or nr. */
static u64 find_free_bit(struct ext2_super *es, u32 g, u64 *map, u32 nr, u32 from)
{
	u64 bit;

	for (;;) {
		bit = bitmap_next_clear(map, nr, from);
		if (bit >= nr)
			bit = bitmap_next_clear(map, nr, 0);
		if (bit >= nr || !is_metadata(es, g, group_first_block(es, g) + (u32)bit))
			return bit;
		ext2_corrupt(es->sb,
			"group %u: block %u is the group's own, but free in the bitmap", g,
			group_first_block(es, g) + (u32)bit);
		bitmap_set(map, bit); /* in memory: it is not asked for again */
	}
}

/* A free block of the group near `from`; 0 if there is none, or *err. */
static u32 take_block_in_group(struct ext2_super *es, u32 g, u32 from, int *err)
{
	u32 nr = group_nr_blocks(es, g);
	struct page *p;
	u64 bit;
	void *map;

	if (!ext2_group(es, g)->free_blocks_count)
		return 0;
	p = ext2_read_block(es, ext2_group(es, g)->block_bitmap, &map);
	if (IS_ERR(p)) {
		*err = (int)PTR_ERR(p);
		return 0;
	}
	bit = find_free_bit(es, g, map, nr, from);
	if (bit < nr) {
		bitmap_set(map, bit);
		ext2_block_dirty(es, p, (char *)map + bit / 8, 1);
		account_blocks(es, g, -1);
	} else {
		*err = ext2_corrupt(es->sb, "group %u: free blocks counted, none in the bitmap", g);
	}
	page_put(p);
	return bit < nr ? group_first_block(es, g) + (u32)bit : 0;
}

u32 ext2_alloc_block_locked(struct ext2_super *es, u32 goal, int *err)
{
	u32 first_group, block = 0;

	assert(mutex_is_mine(&es->lock));
	*err = -ENOSPC;
	if (!may_take_block(es))
		return 0;
	if (!ext2_block_valid(es, goal))
		goal = es->first_data_block;
	first_group = (goal - es->first_data_block) / es->blocks_per_group;
	for (u32 i = 0; i < es->nr_groups && !block; i++) {
		u32 g = (first_group + i) % es->nr_groups;

		block = take_block_in_group(es, g, i ? 0 : goal - group_first_block(es, g), err);
	}
	if (block)
		*err = 0;
	return block;
}

void ext2_free_block_locked(struct ext2_super *es, u32 block)
{
	u32 g = (block - es->first_data_block) / es->blocks_per_group;
	u32 bit = block - group_first_block(es, g);
	struct page *p;
	void *map;

	assert(mutex_is_mine(&es->lock));
	if (!ext2_block_valid(es, block) || is_metadata(es, g, block)) {
		ext2_corrupt(es->sb, "freeing block %u, which is no file's", block);
		return;
	}
	p = ext2_read_block(es, ext2_group(es, g)->block_bitmap, &map);
	if (IS_ERR(p))
		return; /* it stays allocated: e2fsck finds it */
	if (bitmap_test(map, bit)) {
		bitmap_clear(map, bit);
		ext2_block_dirty(es, p, (char *)map + bit / 8, 1);
		account_blocks(es, g, 1);
	} else {
		ext2_corrupt(es->sb, "block %u was free already", block);
	}
	page_put(p);
}

/* ---------------------------------------------------------------- inodes */

static void account_inodes(struct ext2_super *es, u32 group, s32 delta, bool is_dir)
{
	struct ext2_group_desc *gd = ext2_group(es, group);

	gd->free_inodes_count += (u16)delta;
	if (is_dir)
		gd->used_dirs_count -= (u16)delta;
	es->disk->free_inodes_count += (u32)delta;
	ext2_group_dirty(es, group);
	ext2_super_dirty(es);
}

/* Of the groups with free inodes, the one with the most free blocks. */
static u32 best_group_for_dir(struct ext2_super *es, u32 parent)
{
	u32 best = parent, most = 0;

	for (u32 g = 0; g < es->nr_groups; g++) {
		struct ext2_group_desc *gd = ext2_group(es, g);

		if (gd->free_inodes_count && gd->free_blocks_count > most) {
			best = g;
			most = gd->free_blocks_count;
		}
	}
	return best;
}

static u32 take_inode_in_group(struct ext2_super *es, u32 g, bool is_dir, int *err)
{
	u32 nr = es->inodes_per_group, from = g ? 0 : es->first_ino - 1;
	struct page *p;
	u64 bit;
	void *map;

	if (!ext2_group(es, g)->free_inodes_count)
		return 0;
	p = ext2_read_block(es, ext2_group(es, g)->inode_bitmap, &map);
	if (IS_ERR(p)) {
		*err = (int)PTR_ERR(p);
		return 0;
	}
	bit = bitmap_next_clear(map, nr, from);
	if (bit < nr) {
		bitmap_set(map, bit);
		ext2_block_dirty(es, p, (char *)map + bit / 8, 1);
		account_inodes(es, g, -1, is_dir);
	}
	page_put(p);
	return bit < nr ? g * nr + (u32)bit + 1 : 0;
}

u32 ext2_alloc_inode(struct inode *dir, bool is_dir, int *err)
{
	struct ext2_super *es = ext2_sb(dir->sb);
	u32 first, ino = 0;

	*err = -ENOSPC;
	mutex_lock(&es->lock);
	first = is_dir ? best_group_for_dir(es, ext2_i(dir)->group) : ext2_i(dir)->group;
	for (u32 i = 0; i < es->nr_groups && !ino; i++)
		ino = take_inode_in_group(es, (first + i) % es->nr_groups, is_dir, err);
	mutex_unlock(&es->lock);
	if (ino)
		*err = 0;
	return ino;
}

void ext2_free_inode(struct super *sb, ino_t ino, bool is_dir)
{
	struct ext2_super *es = ext2_sb(sb);
	u32 g = (u32)(ino - 1) / es->inodes_per_group, bit = (u32)(ino - 1) % es->inodes_per_group;
	struct page *p;
	void *map;

	mutex_lock(&es->lock);
	p = ext2_read_block(es, ext2_group(es, g)->inode_bitmap, &map);
	if (!IS_ERR(p)) {
		if (bitmap_test(map, bit)) {
			bitmap_clear(map, bit);
			ext2_block_dirty(es, p, (char *)map + bit / 8, 1);
			account_inodes(es, g, 1, is_dir);
		} else {
			ext2_corrupt(sb, "inode %lu was free already", ino);
		}
		page_put(p);
	}
	mutex_unlock(&es->lock);
}

// SPDX-License-Identifier: MIT
/*
 * ext2: inodes. Their fields on disk <-> in memory, the pages of their contents, and their end.
 */
#include "fs/ext2.h"
#include "block/pageio.h"
#include "fs/devfs.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "lib/string.h"
#include "sched/timer.h"

/* ---------------------------------------------------------------- contents */

static u32 blocks_per_page(const struct inode *inode)
{
	return PAGE_SIZE / inode->sb->block_size;
}

/* Adds one block of a page to a read: from the disk, or zeros for a hole and behind the end. */
static void read_block_of_page(
	struct pageio *io, struct inode *inode, struct page *page, u32 i, u32 b)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u64 index = page_index(page) * blocks_per_page(inode) + b;
	u32 offset = b << es->block_shift, block = 0;
	int err = 0;

	if (index << es->block_shift < mapping_size(&inode->mapping))
		err = ext2_map_lookup(inode, index, &block);
	if (err)
		pageio_fail(io, i, err);
	else if (block)
		pageio_add(io, i, offset, es->block_size,
			(u64)block << (es->block_shift - SECTOR_SHIFT));
	else
		memset((char *)page_address(page) + offset, 0, es->block_size);
}

static void ext2_read_pages(struct mapping *m, struct page **pages, u32 nr)
{
	struct inode *inode = m->host;
	struct pageio *io = pageio_begin(inode->sb->bdev, BLOCK_READ, pages, nr);

	for (u32 i = 0; i < nr; i++)
		for (u32 b = 0; b < blocks_per_page(inode); b++)
			read_block_of_page(io, inode, pages[i], i, b);
	pageio_finish(io);
}

/* What lies behind the end goes to the disk as zeros, whatever was stored there through a
 * mapping. */
static void zero_behind_end(struct page *page, u64 size)
{
	u64 start = page_index(page) << PAGE_SHIFT;

	if (start + PAGE_SIZE > size && size > start)
		memset((char *)page_address(page) + (size - start), 0, PAGE_SIZE - (size - start));
}

static void write_block_of_page(
	struct pageio *io, struct inode *inode, struct page *page, u32 i, u32 b, u64 size)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u64 index = page_index(page) * blocks_per_page(inode) + b;
	u32 block;
	int err;

	if (index << es->block_shift >= size)
		return;
	err = ext2_map_lookup(inode, index, &block);
	if (err == -ENOMEM)
		pagecache_mark_dirty(page); /* it is written when there is memory again */
	/* A hole in a dirty page was never written to: prepare_write would have filled it. */
	if (err)
		pageio_fail(io, i, err);
	else if (block)
		pageio_add(io, i, b << es->block_shift, es->block_size,
			(u64)block << (es->block_shift - SECTOR_SHIFT));
}

static void ext2_write_pages(struct mapping *m, struct page **pages, u32 nr)
{
	struct inode *inode = m->host;
	struct pageio *io = pageio_begin(inode->sb->bdev, BLOCK_WRITE, pages, nr);
	u64 size = mapping_size(m);

	for (u32 i = 0; i < nr; i++) {
		zero_behind_end(pages[i], size);
		for (u32 b = 0; b < blocks_per_page(inode); b++)
			write_block_of_page(io, inode, pages[i], i, b, size);
	}
	pageio_finish(io);
}

/* On an error no block stays that was not there before: the page may not be written then, and what
 * the block holds on the disk are the remains of another file. */
static int ext2_prepare_write(struct mapping *m, struct page *page, u32 from, u32 to)
{
	struct inode *inode = m->host;
	u32 shift = ext2_sb(inode->sb)->block_shift, made = 0;
	u64 first = page_index(page) * blocks_per_page(inode);
	int err = 0;

	for (u32 b = from >> shift; b < DIV_ROUND_UP(to, 1u << shift) && !err; b++) {
		bool fresh;
		u32 block;

		err = ext2_map_create(inode, first + b, &block, &fresh);
		if (!err && fresh)
			made |= 1u << b;
	}
	for (u32 b = 0; err && b < blocks_per_page(inode); b++)
		if (made >> b & 1)
			ext2_map_unmake(inode, first + b);
	return err;
}

const struct mapping_ops ext2_mapping_ops = {
	.read_pages = ext2_read_pages,
	.write_pages = ext2_write_pages,
	.prepare_write = ext2_prepare_write,
	.hold = inode_hold_mapping,
	.release = inode_release_mapping,
	.stored = inode_mapping_stored,
};

int ext2_truncate(struct inode *inode, u64 old_size, u64 new_size)
{
	struct ext2_super *es = ext2_sb(inode->sb);

	(void)old_size;
	return ext2_map_truncate(inode, DIV_ROUND_UP(new_size, (u64)es->block_size));
}

int ext2_punch_hole(struct inode *inode, u64 start, u64 end)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u64 first = DIV_ROUND_UP(start, (u64)es->block_size);

	/* Behind the end there is nothing that would need the last block, or the map's. */
	if (end >= mapping_size(&inode->mapping))
		return ext2_map_punch(inode, first, ext2_map_limit(es));
	return ext2_map_punch(inode, first, end >> es->block_shift);
}

/* Whoever writes allocates at once, so the map knows of all data. */
int ext2_find_data(struct inode *inode, u64 *at, bool data)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u64 index = *at >> es->block_shift;
	u64 end = DIV_ROUND_UP(mapping_size(&inode->mapping), (u64)es->block_size);
	int err = ext2_map_find(inode, &index, end, data);

	*at = max(*at, index << es->block_shift);
	return err;
}

/* ---------------------------------------------------------------- fields */

/* Where an inode lies in its table: bytes from the disk's start. */
static u64 table_offset(struct ext2_super *es, ino_t ino)
{
	u32 index = (u32)(ino - 1) % es->inodes_per_group;
	u32 group = (u32)(ino - 1) / es->inodes_per_group;

	return ((u64)ext2_group(es, group)->inode_table << es->block_shift) +
	       (u64)index * es->inode_size;
}

/* The page with an inode of the table, and a pointer to it. ERR_PTR(-EIO, -EUCLEAN). */
static struct page *read_table(struct super *sb, ino_t ino, struct ext2_disk_inode **di)
{
	struct ext2_super *es = ext2_sb(sb);
	u64 at = table_offset(es, ino);
	struct page *p;
	void *data;

	p = ext2_read_block(es, (u32)(at >> es->block_shift), &data);
	if (!IS_ERR(p))
		*di = (void *)((char *)data + (at & (es->block_size - 1)));
	return p;
}

static bool ino_valid(const struct ext2_super *es, ino_t ino)
{
	return ino <= es->inodes_count && (ino == EXT2_ROOT_INO || ino >= es->first_ino);
}

/* Nanoseconds, and two more bits of seconds, lie in the part behind the 128 classic bytes. */
static struct timespec64 time_decode(u32 sec, u32 extra, bool has_extra)
{
	struct timespec64 t = { .sec = (s32)sec };

	if (has_extra) {
		t.sec += (s64)(extra & 3) << 32;
		t.nsec = min(extra >> 2, 999999999u);
	}
	return t;
}

static u32 time_extra(struct timespec64 t)
{
	return (u32)t.nsec << 2 | ((u32)((t.sec - (s32)t.sec) >> 32) & 3);
}

static bool has_extra_times(const struct ext2_super *es, const struct ext2_inode *ei)
{
	return es->inode_size >= 128 + EXT2_EXTRA_ISIZE && ei->extra_isize >= 24;
}

void ext2_set_time_range(struct super *sb)
{
	bool wide = ext2_sb(sb)->inode_size >= 128 + EXT2_EXTRA_ISIZE;

	sb->time_min = -(1L << 31);
	sb->time_max = (1L << 31) - 1 + (wide ? 3L << 32 : 0);
	sb->whole_seconds = !wide;
}

static void set_operations(struct inode *inode)
{
	if (S_ISREG(inode->mode)) {
		inode->ops = &ext2_file_ops;
		inode->fops = &generic_file_ops;
	} else if (S_ISDIR(inode->mode)) {
		inode->ops = &ext2_dir_ops;
		inode->fops = &ext2_dir_fops;
	} else if (S_ISLNK(inode->mode)) {
		inode->ops = &ext2_symlink_ops;
	} else {
		u32 *b = ext2_i(inode)->block;
		dev_t rdev = b[0] ? MKDEV(b[0] >> 8 & 0xff, b[0] & 0xff) : dev_decode(b[1]);

		inode->ops = &ext2_file_ops;
		inode_init_special(inode, inode->mode, rdev);
	}
}

static int decode_inode(struct inode *inode, const struct ext2_disk_inode *di)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	struct ext2_inode *ei = ext2_i(inode);
	bool extra;
	u64 size = di->size;

	if (!di->links_count && (!di->mode || di->dtime))
		return -ESTALE;
	inode->mode = di->mode;
	inode->nlink = di->links_count;
	inode->uid = di->uid | (u32)di->uid_high << 16;
	inode->gid = di->gid | (u32)di->gid_high << 16;
	inode->blocks = di->blocks;
	inode->generation = di->generation;
	if (S_ISREG(inode->mode))
		size |= (u64)di->size_high << 32;
	if (size > inode->sb->max_file_size)
		return ext2_corrupt(inode->sb, "inode %lu: size %lu", inode->ino, size);
	if (S_ISDIR(inode->mode) && size & (es->block_size - 1))
		return ext2_corrupt(inode->sb, "directory %lu: size %lu", inode->ino, size);
	mapping_set_size(&inode->mapping, size);
	memcpy(ei->block, di->block, sizeof(ei->block));
	ei->map_to = es->bd->nr_sectors << SECTOR_SHIFT;
	ei->disk_flags = di->flags;
	ei->file_acl = di->file_acl;
	ei->extra_isize =
		es->inode_size > 128 ? min(di->extra_isize, (u16)(es->inode_size - 128)) : 0;
	extra = has_extra_times(es, ei);
	inode->atime = time_decode(di->atime, extra ? di->atime_extra : 0, extra);
	inode->mtime = time_decode(di->mtime, extra ? di->mtime_extra : 0, extra);
	inode->ctime = time_decode(di->ctime, extra ? di->ctime_extra : 0, extra);
	return 0;
}

static void init_common(struct inode *inode)
{
	struct ext2_super *es = ext2_sb(inode->sb);

	inode->mapping.ops = &ext2_mapping_ops;
	inode->block_size = es->block_size;
	ext2_i(inode)->group = (u32)(inode->ino - 1) / es->inodes_per_group;
}

static int read_inode(struct inode *inode)
{
	struct ext2_disk_inode *di;
	struct page *p = read_table(inode->sb, inode->ino, &di);
	int err;

	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	init_common(inode);
	err = decode_inode(inode, di);
	page_put(p);
	if (!err)
		set_operations(inode);
	return err;
}

struct inode *ext2_inode_get(struct super *sb, ino_t ino)
{
	struct inode *inode;
	int err;

	if (!ino_valid(ext2_sb(sb), ino))
		return ERR_PTR(ext2_corrupt(sb, "inode number %lu", ino));
	inode = inode_get_or_new(sb, ino);
	if (IS_ERR(inode) || !(inode->flags & INODE_NEW))
		return inode;
	err = read_inode(inode);
	if (err) {
		if (err == -ESTALE)
			err = ext2_corrupt(sb, "inode %lu is in a directory, but free", ino);
		inode_new_failed(inode);
		return ERR_PTR(err);
	}
	inode_new_done(inode);
	return inode;
}

static bool is_device(const struct inode *inode)
{
	return S_ISCHR(inode->mode) || S_ISBLK(inode->mode);
}

static void encode_inode(struct inode *inode, struct ext2_disk_inode *di)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	struct ext2_inode *ei = ext2_i(inode);
	u64 size = mapping_size(&inode->mapping);

	di->mode = (u16)inode->mode;
	di->uid = (u16)inode->uid;
	di->uid_high = (u16)(inode->uid >> 16);
	di->gid = (u16)inode->gid;
	di->gid_high = (u16)(inode->gid >> 16);
	di->links_count = (u16)inode->nlink;
	di->size = (u32)size;
	if (S_ISREG(inode->mode))
		di->size_high = (u32)(size >> 32);
	di->blocks = (u32)inode->blocks;
	di->flags = ei->disk_flags;
	di->file_acl = ei->file_acl;
	di->generation = inode->generation;
	di->atime = (u32)inode->atime.sec;
	di->mtime = (u32)inode->mtime.sec;
	di->ctime = (u32)inode->ctime.sec;
	memcpy(di->block, ei->block, sizeof(ei->block));
	if (es->inode_size > 128)
		di->extra_isize = ei->extra_isize;
	if (has_extra_times(es, ei)) {
		di->atime_extra = time_extra(inode->atime);
		di->mtime_extra = time_extra(inode->mtime);
		di->ctime_extra = time_extra(inode->ctime);
	}
}

/* Files of 2 GiB and more need a feature bit, so that old readers keep off. */
static void note_large_file(struct ext2_super *es, struct inode *inode)
{
	if (mapping_size(&inode->mapping) < GIB(2) || !S_ISREG(inode->mode) ||
		es->disk->feature_ro_compat & EXT2_RO_COMPAT_LARGE_FILE || !es->disk->rev_level)
		return;
	es->disk->feature_ro_compat |= EXT2_RO_COMPAT_LARGE_FILE;
	ext2_super_dirty(es);
}

int ext2_write_inode(struct inode *inode)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	struct ext2_disk_inode *di;
	struct page *p = read_table(inode->sb, inode->ino, &di);

	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	encode_inode(inode, di);
	ext2_block_dirty(es, p, di, es->inode_size);
	page_put(p);
	note_large_file(es, inode);
	return 0;
}

/* The map, and the block of the table that the inode lies in. */
int ext2_sync_inode(struct inode *inode, errseq_t *seen)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u64 at = table_offset(es, inode->ino);
	int err = ext2_map_sync(inode, seen);
	int e = pagecache_sync_since(&es->bd->mapping, at, at + es->inode_size, true, seen);

	return err ? err : e;
}

/* ---------------------------------------------------------------- creation and end */

static u16 choose_extra_isize(const struct ext2_super *es)
{
	return es->inode_size >= 128 + EXT2_EXTRA_ISIZE ? EXT2_EXTRA_ISIZE : 0;
}

/* The inode's place on disk may hold an old one's remains. */
static int clear_on_disk(struct inode *inode)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	struct ext2_disk_inode *di;
	struct page *p = read_table(inode->sb, inode->ino, &di);

	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	memset(di, 0, es->inode_size);
	ext2_block_dirty(es, p, di, es->inode_size);
	page_put(p);
	return 0;
}

struct inode *ext2_inode_create(struct inode *dir, umode_t mode, dev_t rdev)
{
	struct super *sb = dir->sb;
	struct inode *inode;
	int err;
	ino_t ino = ext2_alloc_inode(dir, S_ISDIR(mode), &err);

	if (!ino)
		return ERR_PTR(err);
	inode = inode_get_or_new(sb, ino);
	if (IS_ERR(inode)) {
		ext2_free_inode(sb, ino, S_ISDIR(mode));
		return inode;
	}
	if (!(inode->flags & INODE_NEW)) {
		inode_put(inode);
		return ERR_PTR(
			ext2_corrupt(sb, "inode %lu is in use, but free in the bitmap", ino));
	}
	init_common(inode);
	inode_init_owner(inode, dir, mode);
	inode->nlink = 0;
	ext2_i(inode)->extra_isize = choose_extra_isize(ext2_sb(sb));
	inode->generation = (u32)clock_now();
	if (is_device(inode))
		ext2_i(inode)->block[1] = (u32)dev_encode(rdev);
	set_operations(inode);
	inode_new_done(inode);
	err = clear_on_disk(inode);
	if (err) {
		ext2_inode_abandon(inode);
		return ERR_PTR(err);
	}
	inode_mark_dirty(inode);
	return inode;
}

void ext2_inode_abandon(struct inode *inode)
{
	inode->nlink = 0;
	inode_put(inode);
}

#define XATTR_MAGIC 0xEA020000u
struct xattr_header {
	u32 magic, refcount;
};

/* Blocks of extended attributes (which we neither read nor make) may be shared between inodes. */
static void release_xattr_block(struct inode *inode)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	u32 block = ext2_i(inode)->file_acl;
	struct xattr_header *h;
	struct page *p;
	void *data;

	if (!block)
		return;
	mutex_lock(&es->lock);
	p = ext2_read_block(es, block, &data);
	if (!IS_ERR(p)) {
		h = data;
		if (h->magic != XATTR_MAGIC) {
			ext2_corrupt(
				inode->sb, "inode %lu: bad attribute block %u", inode->ino, block);
		} else if (h->refcount > 1) {
			h->refcount--;
			ext2_block_dirty(es, p, h, sizeof(*h));
		} else {
			pagecache_forget(
				&es->bd->mapping, (u64)block << es->block_shift, es->block_size);
			ext2_free_block_locked(es, block);
		}
		page_put(p);
	}
	mutex_unlock(&es->lock);
	ext2_i(inode)->file_acl = 0;
}

static bool is_fast_symlink(struct inode *inode)
{
	return S_ISLNK(inode->mode) && mapping_size(&inode->mapping) < sizeof(ext2_i(inode)->block);
}

void ext2_delete_inode(struct inode *inode)
{
	struct ext2_super *es = ext2_sb(inode->sb);
	struct ext2_disk_inode *di;
	struct page *p;

	if (!is_fast_symlink(inode) && !is_device(inode))
		ext2_map_truncate(inode, 0);
	release_xattr_block(inode);
	mapping_set_size(&inode->mapping, 0);
	p = read_table(inode->sb, inode->ino, &di);
	if (!IS_ERR(p)) {
		inode->blocks = 0;
		encode_inode(inode, di);
		di->dtime = (u32)time_seconds();
		ext2_block_dirty(es, p, di, es->inode_size);
		page_put(p);
	}
	ext2_free_inode(inode->sb, inode->ino, S_ISDIR(inode->mode));
}

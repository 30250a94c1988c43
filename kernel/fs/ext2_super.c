// SPDX-License-Identifier: MIT
/*
 * ext2: mounting and the superblock. Nothing that the disk says is believed: sizes are bounded
 * before they are used for an allocation or an address, and a filesystem that makes no sense is
 * refused with a message.
 */
#include "fs/ext2.h"
#include <linux/mount.h>
#include "debug/printk.h"
#include "fs/dentry.h"
#include "fs/ext2_index.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sched/timer.h"

#define REPORTS_MAX    20
#define REPORTS_PERIOD (5 * NSEC_PER_SEC)

static struct slab_cache *inode_cache;

/* One damaged block can bring a message for each of its 1,024 numbers. */
static bool may_report(struct ext2_super *es)
{
	nsec_t now = clock_now();

	if (now - es->reports_since > REPORTS_PERIOD) {
		es->reports_since = now;
		es->nr_reports = 0;
	}
	if (++es->nr_reports == REPORTS_MAX)
		pr_err("ext2 (%s): more of this is not reported for a while", es->bd->name);
	return es->nr_reports < REPORTS_MAX;
}

int ext2_corrupt(struct super *sb, const char *fmt, ...)
{
	struct ext2_super *es = ext2_sb(sb);
	char text[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (may_report(es))
		pr_err("ext2 (%s): damaged filesystem: %s", es->bd->name, text);
	if (!sb->read_only && !(es->disk->state & EXT2_STATE_ERROR)) {
		es->disk->state |= EXT2_STATE_ERROR;
		ext2_super_dirty(es);
	}
	return -EUCLEAN;
}

/* ---------------------------------------------------------------- metadata blocks */

bool ext2_block_valid(const struct ext2_super *es, u32 block)
{
	return block > es->first_data_block && block < es->blocks_count;
}

struct page *ext2_read_block(struct ext2_super *es, u32 block, void **data)
{
	if (!ext2_block_valid(es, block))
		return ERR_PTR(
			ext2_corrupt(es->sb, "block number %u of %u", block, es->blocks_count));
	return block_read(es->bd, (u64)block << es->block_shift, data);
}

void ext2_block_dirty(struct ext2_super *es, struct page *p, const void *from, u32 len)
{
	u32 offset = (u32)((const char *)from - (const char *)page_address(p));

	(void)es;
	pagecache_mark_dirty_range(p, offset, offset + len);
}

/* The first descriptor need not begin a page: with small blocks it shares one with the
 * superblock. */
static u64 desc_offset(const struct ext2_super *es, u32 group)
{
	return ((u64)(es->first_data_block + 1) << es->block_shift) +
	       group * sizeof(struct ext2_group_desc);
}

static u32 desc_page_index(const struct ext2_super *es, u32 group)
{
	return (u32)((desc_offset(es, group) >> PAGE_SHIFT) - (desc_offset(es, 0) >> PAGE_SHIFT));
}

struct ext2_group_desc *ext2_group(struct ext2_super *es, u32 group)
{
	assert(group < es->nr_groups);
	return (void *)((char *)page_address(es->desc_pages[desc_page_index(es, group)]) +
			page_offset_in(desc_offset(es, group)));
}

void ext2_group_dirty(struct ext2_super *es, u32 group)
{
	ext2_block_dirty(es, es->desc_pages[desc_page_index(es, group)], ext2_group(es, group),
		sizeof(struct ext2_group_desc));
}

void ext2_super_dirty(struct ext2_super *es)
{
	ext2_block_dirty(es, es->super_page, es->disk, sizeof(struct ext2_disk_super));
}

/* ---------------------------------------------------------------- mounting */

static int refuse(struct ext2_super *es, bool quiet, const char *why)
{
	if (!quiet)
		pr_warn("ext2 (%s): cannot be mounted: %s", es->bd->name, why);
	return -EINVAL;
}

static int check_features(struct ext2_super *es)
{
	struct ext2_disk_super *d = es->disk;

	if (d->rev_level == 0)
		return 0;
	if (d->feature_incompat & ~EXT2_INCOMPAT_SUPPORTED) {
		pr_warn("ext2 (%s): cannot be mounted: unknown features 0x%x", es->bd->name,
			d->feature_incompat & ~EXT2_INCOMPAT_SUPPORTED);
		return -EINVAL;
	}
	if (d->feature_ro_compat & ~EXT2_RO_COMPAT_SUPPORTED && !es->sb->read_only) {
		pr_warn("ext2 (%s): unknown features 0x%x: can be mounted read-only", es->bd->name,
			d->feature_ro_compat & ~EXT2_RO_COMPAT_SUPPORTED);
		return -EROFS;
	}
	return 0;
}

static int check_geometry(struct ext2_super *es)
{
	struct ext2_disk_super *d = es->disk;
	u64 device_blocks;

	if (d->magic != EXT2_MAGIC)
		return refuse(es, false, "no ext2 superblock");
	if (d->log_block_size > 2)
		return refuse(es, false, "block size is not 1, 2 or 4 KiB");
	es->block_shift = 10 + d->log_block_size;
	es->block_size = 1u << es->block_shift;
	es->addresses = es->block_size / 4;
	es->inode_size = d->rev_level ? d->inode_size : 128;
	es->first_ino = d->rev_level ? d->first_ino : EXT2_FIRST_INO;
	es->blocks_count = d->blocks_count;
	es->inodes_count = d->inodes_count;
	es->inodes_per_group = d->inodes_per_group;
	es->blocks_per_group = d->blocks_per_group;
	es->first_data_block = d->first_data_block;
	es->table_blocks = DIV_ROUND_UP(es->inodes_per_group * es->inode_size, es->block_size);
	device_blocks = es->bd->nr_sectors >> (es->block_shift - SECTOR_SHIFT);
	if (es->inode_size < 128 || es->inode_size > es->block_size ||
		(es->inode_size & (es->inode_size - 1)))
		return refuse(es, false, "bad inode size");
	if (!es->blocks_per_group || es->blocks_per_group > es->block_size * 8 ||
		!es->inodes_per_group || es->inodes_per_group > es->block_size * 8)
		return refuse(es, false, "bad group size");
	if (es->first_data_block != (es->block_shift == 10) ||
		es->blocks_count <= es->first_data_block + 1)
		return refuse(es, false, "bad block count");
	if (es->first_ino < EXT2_FIRST_INO || es->first_ino > es->inodes_count)
		return refuse(es, false, "bad first inode");
	if (es->blocks_count > device_blocks)
		return refuse(es, false, "the filesystem is larger than the disk");
	es->nr_groups = (u32)DIV_ROUND_UP(
		(u64)es->blocks_count - es->first_data_block, (u64)es->blocks_per_group);
	if ((u64)es->nr_groups * es->inodes_per_group != es->inodes_count)
		return refuse(es, false, "bad inode count");
	return 0;
}

/* Every bitmap and inode table must lie on the disk. */
static int check_groups(struct ext2_super *es)
{
	for (u32 g = 0; g < es->nr_groups; g++) {
		struct ext2_group_desc *gd = ext2_group(es, g);

		if (!ext2_block_valid(es, gd->block_bitmap) ||
			!ext2_block_valid(es, gd->inode_bitmap) ||
			!ext2_block_valid(es, gd->inode_table) ||
			es->blocks_count - gd->inode_table < es->table_blocks)
			return refuse(es, false, "bad group descriptor");
	}
	return 0;
}

static void put_pages(struct ext2_super *es)
{
	for (u32 i = 0; i < es->nr_desc_pages; i++)
		page_put(es->desc_pages[i]);
	kfree(es->desc_pages);
	if (es->super_page)
		page_put(es->super_page);
}

static int read_groups(struct ext2_super *es)
{
	u32 nr = desc_page_index(es, es->nr_groups - 1) + 1;
	u64 first = desc_offset(es, 0) >> PAGE_SHIFT;
	void *data;

	es->desc_pages = kzalloc(nr * sizeof(struct page *));
	if (!es->desc_pages)
		return -ENOMEM;
	for (; es->nr_desc_pages < nr; es->nr_desc_pages++) {
		struct page *p =
			block_read(es->bd, (first + es->nr_desc_pages) << PAGE_SHIFT, &data);

		if (IS_ERR(p))
			return (int)PTR_ERR(p);
		es->desc_pages[es->nr_desc_pages] = p;
	}
	return check_groups(es);
}

static bool group_has_super(const struct ext2_super *es, u32 g)
{
	static const u32 bases[] = { 3, 5, 7 };

	if (g <= 1 || !(es->disk->feature_ro_compat & EXT2_RO_COMPAT_SPARSE_SUPER))
		return true;
	for (u32 i = 0; i < ARRAY_SIZE(bases); i++) {
		u64 n = bases[i];

		while (n < g)
			n *= bases[i];
		if (n == g)
			return true;
	}
	return false;
}

static u64 count_overhead(struct ext2_super *es)
{
	u64 gdt = DIV_ROUND_UP(es->nr_groups * sizeof(struct ext2_group_desc), es->block_size) +
		  es->disk->reserved_gdt_blocks;
	u64 each = 2 + es->table_blocks;
	u64 n = es->first_data_block + es->nr_groups * each;

	for (u32 g = 0; g < es->nr_groups; g++)
		if (group_has_super(es, g))
			n += 1 + gdt;
	return min(n, (u64)es->blocks_count);
}

/* Mounted for writing: until it is unmounted, e2fsck has to look. That must be on the disk before
 * anything else changes there. */
static int mark_in_use(struct ext2_super *es)
{
	es->state_at_mount = es->disk->state;
	if (!(es->disk->state & EXT2_STATE_VALID))
		pr_warn("ext2 (%s): was not unmounted cleanly: e2fsck is due", es->bd->name);
	es->disk->state &= (u16)~EXT2_STATE_VALID;
	es->disk->mnt_count++;
	es->disk->mtime = (u32)time_seconds();
	ext2_super_dirty(es);
	return pagecache_sync(&es->bd->mapping, EXT2_SUPER_OFFSET,
		EXT2_SUPER_OFFSET + sizeof(struct ext2_disk_super), true);
}

static void mark_clean(struct ext2_super *es)
{
	es->disk->state |= es->state_at_mount & EXT2_STATE_VALID;
	es->disk->wtime = (u32)time_seconds();
	ext2_super_dirty(es);
}

static int read_super(struct ext2_super *es)
{
	void *data;
	int err;

	es->super_page = block_read(es->bd, EXT2_SUPER_OFFSET, &data);
	if (IS_ERR(es->super_page)) {
		err = (int)PTR_ERR(es->super_page);
		es->super_page = NULL;
		return err;
	}
	es->disk = data;
	err = check_geometry(es);
	if (!err)
		err = check_features(es);
	if (!err)
		err = read_groups(es);
	return err;
}

static int mount_root_inode(struct super *sb)
{
	struct inode *root = ext2_inode_get(sb, EXT2_ROOT_INO);

	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	if (!S_ISDIR(root->mode)) {
		inode_put(root);
		return ext2_corrupt(sb, "the root is not a directory");
	}
	return dentry_set_root(sb, root);
}

static const struct super_ops ext2_super_ops;

static int ext2_mount(struct super *sb, const char *data)
{
	struct ext2_super *es = kzalloc(sizeof(*es));
	int err;

	(void)data;
	if (!es)
		return -ENOMEM;
	es->sb = sb;
	es->bd = sb->bdev;
	mutex_init(&es->lock, RANK_FS);
	sb->private = es;
	sb->ops = &ext2_super_ops;
	sb->magic = EXT2_MAGIC;
	if (es->bd->read_only)
		sb->read_only = true;
	err = read_super(es);
	if (!err) {
		sb->block_size = es->block_size;
		ext2_set_time_range(sb);
		sb->max_file_size =
			min(ext2_map_limit(es) << es->block_shift, GIB(2048) - es->block_size);
		es->overhead = count_overhead(es);
		err = mount_root_inode(sb);
	}
	if (!err && !sb->read_only)
		err = mark_in_use(es);
	if (err) {
		sb->read_only = true; /* what is refused is not written to */
		if (sb->root)
			dentry_put(sb->root);
		inode_evict_super(sb);
		put_pages(es);
		kfree(es);
		sb->private = NULL;
		return err;
	}
	return 0;
}

static int ext2_remount(struct super *sb, bool read_only)
{
	struct ext2_super *es = ext2_sb(sb);

	if (!read_only && es->bd->read_only)
		return -EROFS;
	if (!read_only && es->disk->feature_ro_compat & ~EXT2_RO_COMPAT_SUPPORTED)
		return -EROFS;
	if (!read_only)
		return mark_in_use(es);
	mark_clean(es);
	return 0;
}

static void ext2_unmount(struct super *sb)
{
	struct ext2_super *es = ext2_sb(sb);

	if (!sb->read_only)
		mark_clean(es);
	put_pages(es);
	kfree(es);
	sb->private = NULL;
}

static int ext2_sync(struct super *sb)
{
	struct ext2_super *es = ext2_sb(sb);

	if (!sb->read_only) {
		es->disk->wtime = (u32)time_seconds();
		ext2_super_dirty(es);
	}
	return 0;
}

static int ext2_statfs(struct super *sb, struct fs_stats *st)
{
	struct ext2_super *es = ext2_sb(sb);
	struct ext2_disk_super *d = es->disk;

	*st = (struct fs_stats){
		.magic = EXT2_MAGIC,
		.block_size = es->block_size,
		.blocks = es->blocks_count - es->overhead,
		.blocks_free = d->free_blocks_count,
		.blocks_available = d->free_blocks_count > d->r_blocks_count
					    ? d->free_blocks_count - d->r_blocks_count
					    : 0,
		.files = es->inodes_count,
		.files_free = d->free_inodes_count,
		.name_max = EXT2_NAME_LEN,
	};
	return 0;
}

static struct inode *ext2_alloc_inode_memory(struct super *sb)
{
	struct ext2_inode *ei = slab_alloc(inode_cache, PAGE_ZEROED);

	(void)sb;
	return ei ? &ei->vfs : NULL;
}

static void ext2_free_inode_memory(struct inode *inode)
{
	ext2_index_drop(inode);
	slab_free(inode_cache, ext2_i(inode));
}

static const struct super_ops ext2_super_ops = {
	.alloc_inode = ext2_alloc_inode_memory,
	.free_inode = ext2_free_inode_memory,
	.write_inode = ext2_write_inode,
	.sync_inode = ext2_sync_inode,
	.delete_inode = ext2_delete_inode,
	.sync = ext2_sync,
	.statfs = ext2_statfs,
	.remount = ext2_remount,
	.unmount = ext2_unmount,
};

static struct fs_type ext2_type = { .name = "ext2", .needs_device = true, .mount = ext2_mount };

void ext2_init(void)
{
	inode_cache = slab_cache_create("ext2_inode", sizeof(struct ext2_inode), 16);
	ext2_index_init();
	fs_register(&ext2_type);
}

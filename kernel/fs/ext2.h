/* SPDX-License-Identifier: MIT */
/*
 * ext2: the on-disk format (as documented with e2fsprogs) and what is shared between its files:
 *
 *	ext2_super.c  mounting, statfs, sync; checks of everything that the superblock says
 *	ext2_inode.c  inodes on disk <-> in memory, reading and writing pages, truncation
 *	ext2_map.c    the block map: logical block -> disk block through up to three indirections
 *	ext2_alloc.c  bitmaps: blocks and inodes
 *	ext2_dir.c    directory entries
 *	ext2_index.c  where in a large directory a name is, in memory
 *	ext2_namei.c  inode_ops of directories and symbolic links
 *
 * Numbers on disk are little-endian, as the machine's.
 *
 * Locks: inode->lock guards an inode's fields and a directory's entries; es->lock (RANK_FS) the
 * bitmaps, the group descriptors, the superblock's counts and every change of a block map. Looking
 * a block up takes no lock: pointers change from 0 to a block whose contents are ready. From a block
 * to 0 they change behind the end of the file, after the page cache has dropped every page that
 * could ask (pagecache_set_size); or in a hole, and then the block is free only after the page cache
 * has settled every page that could have got an answer (pagecache_settle_hole).
 */
#pragma once

#include "block/block.h"
#include "fs/vfs.h"

#define EXT2_MAGIC        0xef53
#define EXT2_SUPER_OFFSET 1024
#define EXT2_ROOT_INO     2
#define EXT2_FIRST_INO    11 /* of files; those before it are the filesystem's own */
#define EXT2_NDIR         12
#define EXT2_NAME_LEN     255
#define EXT2_LINK_MAX     32000

#define EXT2_STATE_VALID 1
#define EXT2_STATE_ERROR 2

#define EXT2_INCOMPAT_FILETYPE      0x0002
#define EXT2_RO_COMPAT_SPARSE_SUPER 0x0001
#define EXT2_RO_COMPAT_LARGE_FILE   0x0002
#define EXT2_INCOMPAT_SUPPORTED     EXT2_INCOMPAT_FILETYPE
#define EXT2_RO_COMPAT_SUPPORTED    (EXT2_RO_COMPAT_SPARSE_SUPER | EXT2_RO_COMPAT_LARGE_FILE)

struct ext2_disk_super {
	u32 inodes_count, blocks_count, r_blocks_count, free_blocks_count, free_inodes_count;
	u32 first_data_block, log_block_size, log_frag_size;
	u32 blocks_per_group, frags_per_group, inodes_per_group;
	u32 mtime, wtime;
	u16 mnt_count, max_mnt_count, magic, state, errors, minor_rev_level;
	u32 lastcheck, checkinterval, creator_os, rev_level;
	u16 def_resuid, def_resgid;
	u32 first_ino;
	u16 inode_size, block_group_nr;
	u32 feature_compat, feature_incompat, feature_ro_compat;
	u8 uuid[16];
	char volume_name[16], last_mounted[64];
	u32 algo_bitmap;
	u8 prealloc_blocks, prealloc_dir_blocks;
	u16 reserved_gdt_blocks;
	u8 journal_uuid[16];
	u32 journal_inum, journal_dev, last_orphan, hash_seed[4];
	u8 def_hash_version, jnl_backup_type;
	u16 desc_size;
	u32 default_mount_opts, first_meta_bg, mkfs_time, jnl_blocks[17];
	u32 blocks_count_hi, r_blocks_count_hi, free_blocks_count_hi;
	u16 min_extra_isize, want_extra_isize;
	u32 flags;
};

struct ext2_group_desc {
	u32 block_bitmap, inode_bitmap, inode_table;
	u16 free_blocks_count, free_inodes_count, used_dirs_count, flags;
	u32 reserved[3];
};

struct ext2_disk_inode {
	u16 mode, uid;
	u32 size, atime, ctime, mtime, dtime;
	u16 gid, links_count;
	u32 blocks, flags, osd1;
	u32 block[15];
	u32 generation, file_acl, size_high, faddr;
	u16 frag, uid_high_pad, uid_high, gid_high;
	u32 reserved2;
	/* only where inode_size > 128 */
	u16 extra_isize, checksum_hi;
	u32 ctime_extra, mtime_extra, atime_extra, crtime, crtime_extra;
};
_Static_assert(offsetof(struct ext2_disk_inode, extra_isize) == 128, "ext2 inode layout");
#define EXT2_EXTRA_ISIZE 32

#define EXT2_FLAG_IMMUTABLE 0x10
#define EXT2_FLAG_APPEND    0x20
#define EXT2_FLAG_INDEX     0x1000 /* a hashed directory: its index is dropped at the first change */

struct ext2_dirent {
	u32 inode;
	u16 rec_len;
	u8 name_len, file_type;
	char name[];
};
#define EXT2_DIRENT_LEN(name_len) ALIGN_UP((u32)(name_len) + 8u, 4u)

struct ext2_super {
	struct super *sb;
	struct block_device *bd;
	struct mutex lock; /* RANK_FS */
	struct page *super_page;
	struct ext2_disk_super *disk; /* in the device's cache */
	struct page **desc_pages;     /* group descriptors, kept in the cache */
	u32 nr_desc_pages;
	u32 block_size, block_shift, nr_groups, inode_size, first_ino;
	u32 blocks_count, inodes_count, inodes_per_group, blocks_per_group, first_data_block;
	u32 table_blocks; /* of one group's inode table */
	u32 addresses;    /* block numbers in a block */
	u64 overhead;     /* blocks of metadata, for statfs */
	u16 state_at_mount;
	nsec_t reports_since; /* of damage: no more than some in a while */
	u32 nr_reports;
};

struct ext2_index;

struct ext2_inode {
	struct inode vfs;
	u32 block[15]; /* the map; es->lock to change */
	u32 disk_flags, file_acl;
	u32 goal;  /* where the next block would be best: just behind the last one */
	u32 group; /* its own block group */
	/* The changed blocks of its map lie between these bytes of the disk; es->lock. fsync
	 * empties the range, if `map_changes` says that nothing was added meanwhile. Of an inode
	 * that was read from the disk nothing is known: all of it. */
	u64 map_from, map_to, map_changes;
	struct ext2_index *index; /* directories of several blocks: ext2_index.c; NULL: not built */
	bool no_index;            /* building it met damage */
	u16 extra_isize;
};

static inline struct ext2_super *ext2_sb(const struct super *sb)
{
	return sb->private;
}

static inline struct ext2_inode *ext2_i(struct inode *inode)
{
	return container_of(inode, struct ext2_inode, vfs);
}

/* Reports damage on the disk (a flood of it only in part) and marks the filesystem as having
 * errors. Returns -EUCLEAN. */
int ext2_corrupt(struct super *sb, const char *fmt, ...) __printf(2, 3);

/* ext2_super.c */
struct ext2_group_desc *ext2_group(struct ext2_super *es, u32 group);
void ext2_group_dirty(struct ext2_super *es, u32 group);
void ext2_super_dirty(struct ext2_super *es);
/* A block of metadata through the device's cache. ERR_PTR(-EIO, -EUCLEAN when the number is not on
 * the disk). */
struct page *ext2_read_block(struct ext2_super *es, u32 block, void **data);
/* Bytes of that page's block were changed. */
void ext2_block_dirty(struct ext2_super *es, struct page *p, const void *from, u32 len);
/* Is this a block of the disk, and not the superblock? */
bool ext2_block_valid(const struct ext2_super *es, u32 block);

/* ext2_alloc.c. es->lock held for blocks; inode functions take it. */
/* A free block near goal: its number, or 0 with *err = -ENOSPC/-EIO/-EUCLEAN. */
u32 ext2_alloc_block_locked(struct ext2_super *es, u32 goal, int *err);
void ext2_free_block_locked(struct ext2_super *es, u32 block);
/* A free inode number for a file or directory below `dir`, or 0 with *err. */
u32 ext2_alloc_inode(struct inode *dir, bool is_dir, int *err);
void ext2_free_inode(struct super *sb, ino_t ino, bool is_dir);

/* ext2_map.c */
/* The disk block of logical block `index` (0: a hole). 0, -EIO, -EUCLEAN. No lock. May sleep. */
int ext2_map_lookup(struct inode *inode, u64 index, u32 *block);
/* The same, allocating what is missing; *fresh: the block is new, its contents on disk are garbage.
 * 0, -ENOSPC, -EIO, -EFBIG... */
int ext2_map_create(struct inode *inode, u64 index, u32 *block, bool *fresh);
/* Frees every block at or behind logical block `first`. Errors leave the rest allocated (e2fsck
 * finds it). */
int ext2_map_truncate(struct inode *inode, u64 first);
/* Frees the blocks [first, end), which are holes then: also for pages that come to use them
 * meanwhile. => no page locked */
int ext2_map_punch(struct inode *inode, u64 first, u64 end);
/* Frees a block that ext2_map_create() has made, and that nobody has used yet. => its page locked */
int ext2_map_unmake(struct inode *inode, u64 index);
/* Moves *index to the first block from there on that is mapped (or, if not mapped, that is not);
 * `end` or more: there is none before that. 0, -EIO, -EUCLEAN. => inode->lock held; may sleep */
int ext2_map_find(struct inode *inode, u64 *index, u64 end, bool mapped);
/* Makes the changed indirect blocks durable. As pagecache_sync_since(). */
int ext2_map_sync(struct inode *inode, errseq_t *seen);
u64 ext2_map_limit(const struct ext2_super *es); /* logical blocks that can be addressed */

/* ext2_inode.c */
struct inode *ext2_inode_get(struct super *sb, ino_t ino);
/* A new inode of this type in `dir`'s filesystem, not yet linked anywhere (nlink 0). ERR_PTR. */
struct inode *ext2_inode_create(struct inode *dir, umode_t mode, dev_t rdev);
/* Forgets one whose creation failed. */
void ext2_inode_abandon(struct inode *inode);
int ext2_write_inode(struct inode *inode);
/* What times the inodes of this filesystem have room for. */
void ext2_set_time_range(struct super *sb);
int ext2_sync_inode(struct inode *inode, errseq_t *seen);
void ext2_delete_inode(struct inode *inode);
int ext2_truncate(struct inode *inode, u64 old_size, u64 new_size);
int ext2_punch_hole(struct inode *inode, u64 start, u64 end);
int ext2_find_data(struct inode *inode, u64 *at, bool data);
extern const struct mapping_ops ext2_mapping_ops;

/* ext2_dir.c. dir->lock held. */
int ext2_dir_find(struct inode *dir, const char *name, u32 len, ino_t *ino);
int ext2_dir_add(struct inode *dir, const char *name, u32 len, ino_t ino, umode_t mode);
int ext2_dir_remove(struct inode *dir, const char *name, u32 len);
/* The entry now names another inode. */
int ext2_dir_set(struct inode *dir, const char *name, u32 len, ino_t ino, umode_t mode);
int ext2_dir_init(struct inode *dir, ino_t parent); /* "." and ".." */
bool ext2_dir_is_empty(struct inode *dir);
extern const struct file_ops ext2_dir_fops;

/* ext2_namei.c */
extern const struct inode_ops ext2_dir_ops, ext2_file_ops, ext2_symlink_ops;
void ext2_init(void);

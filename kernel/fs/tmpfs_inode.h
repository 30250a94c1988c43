/* SPDX-License-Identifier: MIT */
/*
 * tmpfs: a filesystem that is only inodes and their cached pages, and what its files share:
 *
 *	tmpfs.c       mounting, and inodes
 *	tmpfs_dir.c   directories and symbolic links
 *	tmpfs_file.c  the space of regular files; unnamed ones, shared memory
 *
 * Nothing is ever written anywhere.
 *
 * Locks: the directory's inode->lock for its trees (the VFS holds it); atomics for the space of the
 * super.
 */
#pragma once

#include "fs/tmpfs.h"
#include "lib/rbtree.h"

struct tmpfs_inode {
	struct inode inode;
	struct rb_tree names, cookies; /* directories: tmpfs_dir.c */
	u64 next_cookie;
	struct inode *parent; /* directories; no reference: it outlives us */
	char *target;         /* symbolic links */
	u64 charged;          /* pages counted in the super: the dirty ones; mapping.lock */
	u64 reserved;         /* pages promised as a whole; 0: each of `charged` is promised */
};

struct tmpfs_super {
	u64 max_pages, max_inodes; /* 0: no limit */
	atomic64_t pages, inodes;
	u64 next_ino;
};

static inline struct tmpfs_inode *tmpfs_of(const struct inode *inode)
{
	return container_of(inode, struct tmpfs_inode, inode);
}

static inline struct tmpfs_super *tmpfs_super_of(const struct inode *inode)
{
	return inode->sb->private;
}

/* tmpfs.c */
extern const struct super_ops tmpfs_super_ops;
/* A new inode of this type, with a reference; dir: whose group it may inherit, or NULL. ERR_PTR(-ENOSPC,
 * -ENOMEM). */
struct inode *tmpfs_make_inode(struct super *sb, const struct inode *dir, umode_t mode, dev_t rdev);

/* tmpfs_dir.c */
extern const struct inode_ops tmpfs_dir_ops, tmpfs_link_ops;
extern const struct file_ops tmpfs_dir_fops;
void tmpfs_dir_init(struct inode *dir); /* an empty one */
/* Puts all names below this directory. Nobody uses the filesystem any more. */
void tmpfs_dir_drop(struct inode *root);

/* tmpfs_file.c */
extern const struct mapping_ops tmpfs_mapping_ops;
extern const struct inode_ops tmpfs_file_ops;
extern const struct file_ops tmpfs_file_fops;
/* Of an inode that goes: gives back what memory was promised to it as a whole. */
void tmpfs_file_end(struct tmpfs_inode *ti);
void tmpfs_file_init(void); /* after the filesystem is registered */

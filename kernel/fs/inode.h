/* SPDX-License-Identifier: MIT */
/* Inodes in memory: one per (super, ino), found by hash; references; dirty ones; attributes. */
#pragma once

#include "fs/vfs.h"

/* The inode (sb, ino): from memory, or a fresh one with INODE_NEW set, which the caller (the
 * filesystem) fills and then calls inode_new_done() or inode_new_failed(). ERR_PTR(-ENOMEM). May
 * sleep. */
struct inode *inode_get_or_new(struct super *sb, ino_t ino);
/* A fresh inode has nlink 1, refs 1, times of now, and a mapping with inode_cache_only_mapping_ops:
 * the filesystem sets mode, ops, fops, and mapping.ops, mapping.flags, mapping_set_size() as it
 * needs. */
void inode_new_done(struct inode *inode);
void inode_new_failed(struct inode *inode);
/* A fresh inode that nobody has yet (creation, pipes, procfs): look-ups wait until the caller says
 * inode_new_done(). NULL: no memory */
struct inode *inode_new(struct super *sb, ino_t ino);
static inline void inode_get(struct inode *inode)
{
	atomic_inc(&inode->refs);
}
/* The last one: if nlink is 0 the file is deleted, else it stays cached until reclaim. May
 * sleep. */
void inode_put(struct inode *inode);
/* Fields changed: to be written some time. => inode lock held, or it is new. Does not sleep. */
void inode_mark_dirty(struct inode *inode);
/* Sets mtime and ctime (and marks dirty), or atime by relatime's rule. */
void inode_touch_modified(struct inode *inode);
void inode_touch_changed(struct inode *inode); /* ctime */
void inode_touch_accessed(struct inode *inode, const struct mount *mnt);
struct timespec64 inode_now(void);

/* Sets the size (truncate, O_TRUNC, extending write): cache, then disk. => inode->lock held. 0 or
 * -errno (EFBIG, EIO, ENOSPC). */
int inode_set_size(struct inode *inode, u64 size);
/* The largest size that the file's format has room for: bytes. */
u64 inode_largest_size(const struct inode *inode);
/* May the current thread let a file grow to this size (RLIMIT_FSIZE)? 0, or -EFBIG: then SIGXFSZ is
 * sent. */
int inode_check_growth(u64 size);
/* chmod, chown, utimens, truncate all come here; checks permissions as the manual pages say. */
struct attr_change {
	u32 valid; /* ATTR_* */
	umode_t mode;
	uid_t uid;
	gid_t gid;
	u64 size;
	struct timespec64 atime, mtime;
};
#define ATTR_MODE  1u
#define ATTR_UID   2u
#define ATTR_GID   4u
#define ATTR_SIZE  8u
#define ATTR_ATIME 16u /* to the given time; with ATTR_NOW_* to now */
#define ATTR_MTIME 32u
#define ATTR_NOW   64u  /* the times are "now": write permission suffices */
#define ATTR_CHOWN 128u /* chown(2), perhaps without a change: set-user-ID and set-group-ID go */
int inode_change(struct inode *inode, const struct mount *mnt, const struct attr_change *c);

/* The last step of every creation: uid, gid and mode of a new inode in dir (set-group-ID
 * directories hand their group down). */
void inode_init_owner(struct inode *inode, const struct inode *dir, umode_t mode);
/* A write by somebody without CAP_FSETID takes away set-user-ID and set-group-ID. => inode->lock
 * held */
void inode_drop_privileges(struct inode *inode);
/* A regular file whose bytes are pages of its mapping, as opposed to one whose bytes are made when
 * they are read (procfs): that one has no size to change, and no room to make. */
bool inode_has_pages(const struct inode *inode);

/* May the current credentials do this? mask: MAY_*. 0 or -EACCES, -EROFS. */
#define MAY_EXEC  1
#define MAY_WRITE 2
#define MAY_READ  4
int inode_permission(const struct inode *inode, const struct mount *mnt, int mask);
struct cred;
int inode_permission_as(
	const struct cred *cred, const struct inode *inode, const struct mount *mnt, int mask);
/* Is the inode the current user's own, or has he CAP_FOWNER? (chmod, sticky directories,
 * O_NOATIME) */
bool inode_is_owned(const struct inode *inode);

static inline bool inode_needs_refresh(const struct inode *inode)
{
	return inode->ops && inode->ops->refresh;
}

/* Its attributes are true now. May sleep. */
static inline void inode_refresh(struct inode *inode)
{
	if (inode_needs_refresh(inode))
		inode->ops->refresh(inode);
}

/* Open for writing: -ETXTBSY while the program runs. Pairs. */
int inode_get_write(struct inode *inode);
void inode_put_write(struct inode *inode);

/* Writes the fields of a super's inodes that are dirty now (to the cached metadata); what is changed
 * meanwhile is another time's, so that this ends. 0 or the first error. May sleep;
 * no inode lock held */
int inode_write_dirty(struct super *sb);
/* The same for one. */
int inode_write_one(struct inode *inode);
/* Umount: frees every unused inode, pages and all (they have been synced). Returns how many are
 * still in use. */
u64 inode_evict_super(struct super *sb);
/* Calls fn for each inode of sb that is in memory. fn must not sleep. */
void inode_for_each(struct super *sb, void (*fn)(const struct inode *inode, void *arg), void *arg);
/* True if a deleted file is still open: its blocks are yet to be freed (remount read-only is
 * EBUSY). */
bool inode_super_has_orphans(struct super *sb);
/* Default tables: regular files and directories of filesystems that use the page cache. */
extern const struct mapping_ops inode_cache_only_mapping_ops; /* tmpfs */
bool inode_hold_mapping(struct mapping *m); /* mapping_ops.hold / release for all inode mappings */
void inode_release_mapping(struct mapping *m);
void inode_mapping_stored(struct mapping *m); /* mapping_ops.stored, as above */
/* inode_ops.punch_hole of what has nothing but its pages, which are gone by then. */
int inode_punch_cache_only(struct inode *inode, u64 start, u64 end);
/* Frees unused, clean inodes without pages (shrinker). Never sleeps. Returns how many. only: NULL:
 * of all supers */
u64 inode_shrink(struct super *only, u64 nr);
void inode_init(void);

/* SPDX-License-Identifier: MIT */
/* Filesystem types, mounts and the tree that they make. */
#pragma once

#include "fs/vfs.h"

/* umount2(2)'s flags; the uapi headers do not have them. */
#define MNT_FORCE       1u
#define MNT_DETACH      2u
#define MNT_EXPIRE      4u
#define UMOUNT_NOFOLLOW 8u

void fs_register(struct fs_type *type);
struct fs_type *fs_type_find(const char *name);
void fs_types_for_each(void (*fn)(struct fs_type *t, void *arg), void *arg); /* /proc/filesystems */

/* mount(2) for a kernel caller; source may be NULL or a device name. 0 or -errno. */
/* Errors of mount(2): ENODEV unknown type, ENOENT, ENOTBLK, EBUSY, EACCES (read-only disk),
 * ENOTDIR, EINVAL (bad superblock). */
int mount_at(
	const char *type, const char *source, const struct path *at, u32 flags, const char *data);
int mount_bind(const struct path *from, const struct path *at);
int mount_move(const struct path *from, const struct path *at);
int mount_remount(const struct path *at, u32 flags, const char *data);
int mount_unmount(const struct path *at, u32 flags); /* MNT_DETACH, MNT_FORCE */
/* The root filesystem; sets the initial fs_context. On failure a panic that says what was looked
 * for and which disks exist. */
void mount_root(void);
/* The same without asking the command line: disk "vda", type "ext2" or "" for any; "tmpfs" needs no
 * disk (tests). */
void mount_root_from(const char *disk, const char *type, u32 flags);
static inline void mount_get(struct mount *m)
{
	atomic_inc(&m->refs);
}
/* may sleep: the last one of a detached mount unmounts the filesystem */
void mount_put(struct mount *m);
/* => dcache_lock held; references are the caller's affair */
void mount_follow_down_locked(struct path *p);
/* Something on this mount is going to be changed: 0, or -EROFS. Until mount_drop_write() it cannot
 * become read-only. */
int mount_want_write(struct mount *m);
void mount_drop_write(struct mount *m);
/* Would somebody's mount be hidden by removing this name? */
bool dentry_has_mounts(const struct dentry *d);
/* Follows mounts down: p on a mount point becomes the root of what is mounted there. */
void mount_follow_down(struct path *p);
/* p at the root of a mount becomes its mount point; false at the top. */
bool mount_follow_up(struct path *p);
/* For /proc/mounts, mountinfo; under the mount lock. */
void mount_for_each(void (*fn)(struct mount *m, void *arg), void *arg);
/* tmpfs for unnamed files, pipes; NULL: no memory */
struct mount *mount_kernel_internal(const char *type);
/* For fs_type.mount of a filesystem that is only a place for inodes without names (pipes, sockets):
 * an empty root, which is never seen. 0 or -ENOMEM */
int mount_bare(struct super *sb, u32 magic);
/* sync(2): all supers: data, inodes, superblock, device flush. Init remounts the root read-only
 * before it powers off. */
int fs_sync_all(void);
/* Calls fn for every filesystem that is mounted anywhere; under the mount lock. */
void fs_for_each_super(void (*fn)(struct super *sb, void *arg), void *arg);
/* Copies all dirty inodes' fields to the cached metadata, which the flusher then writes. */
void fs_write_dirty_inodes(void);
int fs_sync_super(struct super *sb);
void mount_init(void);

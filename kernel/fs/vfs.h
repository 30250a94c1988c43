/* SPDX-License-Identifier: MIT */
/*
 * The objects of the VFS: super (a mounted filesystem), inode (a file), dentry (a name), mount,
 * path, file (an open file). Functions of each are in the header of its name (inode.h, dentry.h,
 * namei.h, mount.h, file.h).
 *
 * Letters: [i] inode->lock  [d] dcache lock (RANK_DCACHE)  [a] atomic  [c] constant after creation
 * [s] super's own lock
 */
#pragma once

#include <linux/stat.h>
#include "fs/iobuf.h"
#include "lib/devt.h"
#include "lib/err.h"
#include "lib/list.h"
#include "mm/mapping.h"
#include "mm/mm.h"
#include "mm/pagecache.h"
#include "sync/mutex.h"
#include "sync/poll.h"

struct block_device;
struct dentry;
struct file;
struct inode;
struct super;
struct path;

struct timespec64 {
	s64 sec;
	s64 nsec;
};

#define NAME_LEN_MAX 255
#define PATH_LEN_MAX 4096

/* ---------------------------------------------------------------- filesystem types and supers */
struct fs_type {
	const char *name;
	bool needs_device;
	bool single; /* one super, however often it is mounted (devfs) */
	struct fs_type *next;
	/* Fills sb (ops, root, magic, block_size, private). data: mount options. 0 or -errno; on
	 * error the callee undoes its own. May sleep. */
	int (*mount)(struct super *sb, const char *data);
};

struct fs_stats { /* statfs(2) */
	u64 magic, block_size, blocks, blocks_free, blocks_available, files, files_free, name_max;
};

struct super_ops {
	/* its own struct with a struct inode in it, zeroed; NULL: no memory. NULL: a plain one */
	struct inode *(*alloc_inode)(struct super *sb);
	void (*free_inode)(struct inode *inode);
	/* copies the inode's fields to the cached disk block; 0, -EIO. inode->lock held. NULL: no
	 * disk: an inode is freed with its last reference, whatever nlink is */
	int (*write_inode)(struct inode *inode);
	/* fsync(2): makes durable what the inode needs besides its pages: its fields (written by
	 * write_inode by then), its block map. 0 or -errno as pagecache_sync_since(). NULL: all
	 * that is dirty on the disk. */
	int (*sync_inode)(struct inode *inode, errseq_t *seen);
	/* The last reference is gone and nlink is 0: free blocks and the inode on disk. Pages are
	 * already dropped. NULL: none */
	void (*delete_inode)(struct inode *inode);
	/* superblock and the like; data and inodes are written by then. NULL: none */
	int (*sync)(struct super *sb);
	int (*statfs)(struct super *sb, struct fs_stats *st);
	int (*remount)(struct super *sb, bool read_only); /* 0 or -errno. NULL: allowed */
	void (*drop)(struct super
			*sb); /* no name is left: put own inode references (tmpfs). NULL: none */
	/* Is this cached name still true? NULL: always. Such names are not kept when unused. =>
	 * dcache_lock held; must not sleep */
	bool (*dentry_valid)(const struct dentry *d);
	/* everything is synced and no inode is left; free private. NULL: none */
	void (*unmount)(struct super *sb);
};

struct super {
	const struct fs_type *type; /* [c] */
	const struct super_ops *ops;
	struct block_device *bdev; /* [c] or NULL */
	dev_t dev;                 /* [c] st_dev: the disk's or an anonymous number */
	struct dentry *root;
	bool read_only;
	u64 magic;
	u32 block_size;
	u64 max_file_size;
	s64 time_min, time_max; /* [c] seconds that an inode's times can hold; 0, 0: all */
	bool whole_seconds;     /* [c] they have no nanoseconds */
	void *private;
	struct list inodes;       /* [d] all in memory */
	atomic_t nr_inodes;       /* those, and those just being freed */
	struct list link;         /* all supers */
	struct mutex rename_lock; /* RANK_MOUNT: renames between directories, one at a time */
	u32 nr_mounts;            /* mount.c */
	struct mount *internal;   /* mount_kernel_internal()'s mount of it */
	struct list dirty_inodes; /* inode.c's dirty lock: INODE_DIRTY ones */
	/* files open for writing, changes under way: remount read-only is EBUSY */
	atomic_t writers;
};

/* ---------------------------------------------------------------- inodes */
/* NULL: -EPERM / -ENOTDIR / -EINVAL as the manual pages say. The caller holds the locks of dir, and
 * of the inodes that link, unlink, rmdir and rename (inode, target) get. */
struct inode_ops {
	/* The inode with this name: an inode reference, NULL (no such name), ERR_PTR. name is not
	 * terminated. */
	struct inode *(*lookup)(struct inode *dir, const char *name, u32 len);
	/* Makes a file (regular, device, fifo, socket: mode & S_IFMT) or directory; returns the
	 * inode with a reference, or ERR_PTR. */
	struct inode *(*create)(
		struct inode *dir, const char *name, u32 len, umode_t mode, dev_t rdev);
	struct inode *(*mkdir)(struct inode *dir, const char *name, u32 len, umode_t mode);
	struct inode *(*symlink)(struct inode *dir, const char *name, u32 len, const char *target);
	int (*link)(struct inode *dir, const char *name, u32 len, struct inode *inode);
	int (*unlink)(struct inode *dir, const char *name, u32 len, struct inode *inode);
	/* -ENOTEMPTY */
	int (*rmdir)(struct inode *dir, const char *name, u32 len, struct inode *inode);
	/* Moves inode from (old_dir, old) to (new_dir, new), replacing `target` (NULL: nothing
	 * there); all checks that need no disk are done; all directories locked. exchange:
	 * RENAME_EXCHANGE (may answer -EINVAL). */
	int (*rename)(struct inode *old_dir, const char *old, u32 old_len, struct inode *inode,
		struct inode *new_dir, const char *new, u32 new_len, struct inode *target,
		bool exchange);
	/* Symbolic link's text into buf (size PATH_LEN_MAX), terminated; its length or -errno. */
	ssize_t (*readlink)(struct inode *inode, char *buf, size_t size);
	/* Jump links (/proc/PID/exe, fd/N, cwd): go straight to a path. NULL: by readlink's
	 * text. */
	int (*follow)(struct inode *inode, struct path *out);
	/* Changes the size on disk after/before the cache: called by inode_set_size with
	 * inode->lock held. 0 or -errno. NULL: cache only. */
	int (*truncate)(struct inode *inode, u64 old_size, u64 new_size);
	/* fallocate(PUNCH_HOLE) after the cache; NULL: -EOPNOTSUPP */
	int (*punch_hole)(struct inode *inode, u64 start, u64 end);
	/* Moves *at (below the size) to the first byte from there on that is data (or, if not data,
	 * in a hole); to the size or beyond: there is none. 0, or -EIO... => inode->lock held.
	 * NULL: all is data. */
	int (*find_data)(struct inode *inode, u64 *at, bool data);
	/* Brings the attributes up to date, before stat and before permission is asked by them (procfs).
	 * May sleep. NULL: they are. */
	void (*refresh)(struct inode *inode);
	/* Has the current thread all rights to it, whatever the mode says (procfs)? NULL: no. */
	bool (*permits)(const struct inode *inode);
};

#define INODE_DIRTY        1u /* fields newer than the disk */
#define INODE_FREEING      2u /* going away: look-ups wait or make a new one */
#define INODE_NEW          4u /* being read: look-ups wait */
#define INODE_NOEXEC_WRITE 8u
#define INODE_DEAD         16u /* a removed directory: nothing can be made in it */
#define INODE_HASHED       32u /* look-ups find it */
#define INODE_FAILED       64u /* reading it failed: who waited for INODE_NEW tries again */

struct inode {
	struct super *sb;                      /* [c] */
	ino_t ino;                             /* [c] */
	umode_t mode;                          /* [i] */
	u32 nlink;                             /* [i] */
	uid_t uid;                             /* [i] */
	gid_t gid;                             /* [i] */
	dev_t rdev;                            /* [c] */
	struct timespec64 atime, mtime, ctime; /* [i] */
	u64 blocks;                            /* [i] of 512 bytes */
	u32 block_size;                        /* st_blksize */
	u32 generation;
	u32 seals;                   /* [i] F_SEAL_*; files in memory: seal.c */
	struct mapping mapping;      /* its pages; mapping.size is its size */
	struct mutex lock;           /* RANK_INODE */
	const struct inode_ops *ops; /* [c] */
	const struct file_ops *fops; /* [c] */
	atomic_t refs;               /* [a] dentries, open files, who looks */
	u32 flags;                   /* [a] INODE_* */
	atomic_t writers; /* [a] open for writing; negative: running programs (ETXTBSY) */
	struct list hash_link, sb_link, lru_link; /* inode.c's hash lock; lru: unused ones */
	struct list dirty_link;                   /* inode.c's dirty lock */
	u64 dirty_nr;                             /* the same: which one it was that became dirty */
	struct file_lock *locks;                  /* filelock.c: byte-range locks and flock */
	union {
		struct pipe *pipe;        /* fifos and pipes */
		struct unix_sock *socket; /* S_IFSOCK: who is bound to it (net/unix_name.c) */
	};
	struct dentry *name; /* [d] directories: the one name that they have */
	void *private;       /* filesystem's or driver's own */
};

/* ---------------------------------------------------------------- names */
#define DENTRY_INLINE_NAME 40
struct dentry {
	struct inode *inode;   /* [d] NULL: negative (the name is known not to exist) */
	struct dentry *parent; /* [d] itself: a root */
	struct super *sb;
	atomic_t refs;
	u32 hash;
	struct list hash_link, children, sibling, lru_link; /* [d] */
	bool is_mountpoint;                                 /* [d] */
	bool unhashed;                                      /* [d] removed from the tree */
	u32 name_len;                                       /* [d] */
	char *name; /* [d] terminated; inline_name, or from kmalloc */
	char inline_name[DENTRY_INLINE_NAME];
};

struct mount {
	struct super *sb;
	struct dentry *root;       /* what is visible at the mount point */
	struct mount *parent;      /* NULL: the root mount */
	struct dentry *mountpoint; /* in parent */
	struct list link;          /* all mounts, in order of mounting */
	struct list hash_link;
	atomic_t refs;
	u32 flags; /* MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME */
	char source[64];
	bool detached;
	bool internal; /* of the kernel itself (pipes, memfd): paths on it print as the bare name */
	u32 id;        /* mountinfo, statx */
	atomic_t writers; /* files open for writing, changes under way */
};

struct path {
	struct mount *mount;
	struct dentry *dentry;
};

/* ---------------------------------------------------------------- open files */
struct dir_context; /* readdir, file.h */

struct file_ops {
	/* At *pos, which they advance. Bytes, or -errno; bytes before an error count. buf
	 * advances too. */
	ssize_t (*read)(struct file *f, struct iobuf *buf, loff_t *pos);
	ssize_t (*write)(struct file *f, struct iobuf *buf, loff_t *pos);
	s64 (*ioctl)(struct file *f, u32 cmd, u64 arg);     /* NULL: -ENOTTY */
	u32 (*poll)(struct file *f, struct poll_table *pt); /* NULL: always readable and writable */
	int (*readdir)(struct file *f, struct dir_context *ctx); /* inode->lock held */
	int (*open)(struct inode *inode, struct file *f);        /* NULL: nothing to do */
	void (*release)(struct file *f);                         /* the last reference is gone */
	/* Makes bytes [start, end) durable. NULL: -EINVAL */
	int (*fsync)(struct file *f, u64 start, u64 end, bool datasync);
	loff_t (*seek)(struct file *f, loff_t off,
		int whence); /* NULL: generic (files), see FILE_NOSEEK */
	/* May it be mapped, and how: sets rq->mapping or rq->device_map. NULL: -ENODEV. */
	int (*map)(struct file *f, struct map_request *rq);
};

struct file {
	const struct file_ops *ops;
	struct inode *inode;
	/* pipes and the like: a nameless dentry of an internal mount; path_format() prints
	 * "pipe:[7]" */
	struct path path;
	u32 flags; /* O_* as fcntl(F_GETFL) gives them; [a] */
	u32 mode;  /* FILE_* below; [c] */
	/* RANK_FILE_POS: read/write/lseek of a shared offset, only for regular files and
	 * directories */
	struct mutex pos_lock;
	loff_t pos;
	atomic_t refs;
	struct readahead ra;
	pid_t owner;     /* F_SETOWN */
	errseq_t errors; /* [a] of its mapping's write-back, as far as fsync has told of them */
	errseq_t disk_errors; /* [a] of the write-back of the filesystem's metadata */
	void *private;
};
#define FILE_READ    1u
#define FILE_WRITE   2u
#define FILE_NOSEEK  4u  /* pipes, terminals: -ESPIPE */
#define FILE_PATH    8u  /* O_PATH */
#define FILE_COUNTED 16u /* file.c: counted as a writer of its inode and mount */

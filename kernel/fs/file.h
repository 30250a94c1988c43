/* SPDX-License-Identifier: MIT */
/* Open files, and the generic reads and writes through the page cache. */
#pragma once

#include "fs/vfs.h"

/* An open file on this inode (takes its own references); calls ops->open. flags: O_*. ERR_PTR. */
struct file *file_open_path(const struct path *p, u32 flags);
/* The same without a place in the tree: pipes, memfd, shared memory. Takes over the inode reference
 * (also on error). name: what path_format() prints for /proc/self/fd and maps: "pipe:[7]",
 * "/memfd:x (deleted)" (copied). */
struct file *file_open_anonymous(
	struct inode *inode, const struct file_ops *ops, u32 flags, const char *name);
/* The same on an existing path, with these ops, which are not asked by ops->open (the second end of
 * a pipe). Takes its own references. */
struct file *file_open_with(const struct path *p, const struct file_ops *ops, u32 flags);
/* Opens by name for the kernel itself (exec, init). ERR_PTR. */
struct file *file_open_kernel(const char *path, u32 flags, umode_t mode);
static inline void file_get(struct file *f)
{
	atomic_inc(&f->refs);
}
/* The last one closes: locks, ops->release, references. May sleep */
void file_release(struct file *f);
static inline void file_put(struct file *f)
{
	if (atomic_dec_and_test(&f->refs))
		file_release(f);
}

/* Generic ops for files in the page cache (fs/rw.c). */
ssize_t generic_read(struct file *f, struct iobuf *buf, loff_t *pos);
ssize_t generic_write(struct file *f, struct iobuf *buf,
	loff_t *pos); /* takes inode->lock; O_APPEND, limits, partial counts */
int generic_fsync(struct file *f, u64 start, u64 end, bool datasync);
/* For files that are only memory: nothing is more durable. */
int noop_fsync(struct file *f, u64 start, u64 end, bool datasync);
/* Fills in what the file says of being mapped: the mapping, the open mode, the seals. 0 or -errno.
 * Does not sleep. */
int file_ask_map(struct file *f, struct map_request *rq);
int generic_map(struct file *f, struct map_request *rq);
loff_t generic_seek(struct file *f, loff_t off, int whence);
extern const struct file_ops generic_file_ops;

/* Reads into a kernel buffer at pos. Bytes or -errno. */
ssize_t file_read_kernel(struct file *f, void *buf, size_t len, loff_t pos);
ssize_t file_write_kernel(struct file *f, const void *buf, size_t len, loff_t pos);
/* Checks modes and ranges, calls ops->read/write, fsnotify-less. For the system calls. */
ssize_t file_read(struct file *f, struct iobuf *buf, loff_t *pos);
ssize_t file_write(struct file *f, struct iobuf *buf, loff_t *pos);

/* getdents and others: readdir with the locks it wants. Permission was asked for at open. */
int file_readdir(struct file *f, struct dir_context *ctx);
/* lseek(2) */
loff_t file_seek(struct file *f, loff_t off, int whence);
/* fsync(2), fdatasync(2) */
int file_fsync(struct file *f, bool datasync);
/* The same of bytes [start, end). */
int file_fsync_range(struct file *f, u64 start, u64 end, bool datasync);

/* fallocate(2), by the modes of <linux/falloc.h>. 0 or -errno. May sleep. */
int file_fallocate(struct file *f, int mode, loff_t off, loff_t len);

/* Programs: deny writing while they run (ETXTBSY). 0 or -ETXTBSY. */
int file_deny_write(struct file *f);
void file_allow_write(struct file *f);

/* readdir: the filesystem calls this for each entry; false: the buffer is full, stop (do not
 * advance). pos is the entry's cookie: where to go on AFTER it, kept in f->pos. type: DT_*. */
#define DT_UNKNOWN 0
#define DT_FIFO    1
#define DT_CHR     2
#define DT_DIR     4
#define DT_BLK     6
#define DT_REG     8
#define DT_LNK     10
#define DT_SOCK    12
/* The DT_* of a file type. */
static inline u32 mode_to_dtype(umode_t mode)
{
	return mode >> 12 & 15;
}

struct dir_context {
	bool (*emit)(struct dir_context *ctx, const char *name, u32 len, ino_t ino, u32 type,
		loff_t next_pos);
};
static inline bool dir_emit(
	struct dir_context *c, const char *name, u32 len, ino_t ino, u32 type, loff_t next)
{
	return c->emit(c, name, len, ino, type, next);
}

extern const struct map_file_ops file_map_ops; /* for VMAs */
void file_init(void);

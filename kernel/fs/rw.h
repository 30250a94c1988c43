/* SPDX-License-Identifier: MIT */
/* Reads and writes of a mapping's pages: what files (generic_read, generic_write) and raw disks
 * (blkdev.c) share. */
#pragma once

#include "fs/vfs.h"

#define MAX_RW_COUNT 0x7ffff000UL       /* read(2): no call moves more */
#define FILE_END     (~0UL & PAGE_MASK) /* end of "all" for pagecache_sync() and the like */

/* Reads at *pos up to the mapping's size, advances. Bytes; -errno if the error came first. May
 * sleep; no locks. */
ssize_t rw_read(struct mapping *m, struct readahead *ra, struct iobuf *buf, loff_t *pos);
/* Writes all of buf at *pos, advances, lets the size grow. Bytes, or -errno. => the host's
 * inode->lock held (or the size is fixed) */
ssize_t rw_write(struct mapping *m, struct iobuf *buf, loff_t *pos);

/* fallocate(2), mode 0: provides for space in [start, end), without changing contents. The size
 * stays. => inode->lock held */
int rw_allocate(struct inode *inode, u64 start, u64 end);
/* sendfile(2), copy_file_range(2): moves up to len bytes through a page. Bytes, or -errno. */
ssize_t rw_copy(struct file *in, loff_t *in_pos, struct file *out, loff_t *out_pos, size_t len);

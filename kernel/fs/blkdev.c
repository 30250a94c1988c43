/* SPDX-License-Identifier: MIT */
/* Disks as files. f->private is the block device; the inode is only a node in some directory, and
 * its own mapping stays empty. */
#include "fs/blkdev.h"

#include <linux/fcntl.h>
#include <linux/fs.h>

#include "block/block.h"
#include "fs/context.h"
#include "fs/file.h"
#include "fs/rw.h"

static int open(struct inode *inode, struct file *f)
{
	struct block_device *bd = block_find_dev(inode->rdev);

	if (!bd)
		return -ENXIO;
	if ((f->flags & O_EXCL) && bd->holder)
		return -EBUSY;
	f->private = bd;
	f->errors = errseq_sample(&bd->mapping.errors);
	atomic_inc(&bd->openers);
	return 0;
}

static void release(struct file *f)
{
	struct block_device *bd = f->private;

	if (f->mode & FILE_WRITE)
		pagecache_sync(&bd->mapping, 0, FILE_END, true);
	atomic_add_return(&bd->openers, -1);
}

static ssize_t read(struct file *f, struct iobuf *buf, loff_t *pos)
{
	struct block_device *bd = f->private;

	return rw_read(&bd->mapping, &f->ra, buf, pos);
}

static int fsync(struct file *f, u64 start, u64 end, bool datasync)
{
	struct block_device *bd = f->private;
	int err = pagecache_sync_since(&bd->mapping, start, end, true, &f->errors), e;

	(void)datasync;
	e = block_flush(bd);
	return err ? err : e;
}

static ssize_t write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	struct block_device *bd = f->private;
	u64 size = mapping_size(&bd->mapping);
	ssize_t n;
	int err;

	if (bd->read_only)
		return -EPERM;
	if (!buf->len)
		return 0;
	if ((u64)*pos >= size)
		return -ENOSPC;
	iobuf_cut(buf, min((u64)buf->len, size - (u64)*pos));
	n = rw_write(&bd->mapping, buf, pos);
	if (n > 0 && (f->flags & O_DSYNC)) {
		err = fsync(f, (u64)(*pos - n), (u64)*pos, true);
		if (err)
			return err;
	}
	return n;
}

static loff_t seek(struct file *f, loff_t off, int whence)
{
	struct block_device *bd = f->private;
	loff_t size = (loff_t)mapping_size(&bd->mapping), at;

	if (whence == SEEK_SET)
		at = 0;
	else if (whence == SEEK_CUR)
		at = f->pos;
	else if (whence == SEEK_END)
		at = size;
	else
		return -EINVAL;
	if (__builtin_add_overflow(at, off, &at))
		return -EINVAL;
	if (at < 0 || at > size)
		return -EINVAL;
	f->pos = at;
	return at;
}

static int map(struct file *f, struct map_request *rq)
{
	struct block_device *bd = f->private;

	rq->mapping = &bd->mapping;
	return 0;
}

static s64 put_int(u64 arg, int v)
{
	return copy_to_user(arg, &v, sizeof(v));
}

static s64 put_u64(u64 arg, u64 v)
{
	return copy_to_user(arg, &v, sizeof(v));
}

static s64 ioctl(struct file *f, u32 cmd, u64 arg)
{
	struct block_device *bd = f->private;
	int err;

	switch (cmd) {
	case BLKGETSIZE64:
		return put_u64(arg, bd->nr_sectors << SECTOR_SHIFT);
	case BLKGETSIZE:
		return put_u64(arg, bd->nr_sectors);
	case BLKSSZGET:
		return put_int(arg, SECTOR_SIZE);
	case BLKPBSZGET:
	case BLKIOMIN:
		return put_int(arg, SECTOR_SIZE);
	case BLKBSZGET:
		return put_int(arg, PAGE_SIZE);
	case BLKROGET:
		return put_int(arg, bd->read_only);
	case BLKFLSBUF:
		if (!current_can(CAP_SYS_ADMIN))
			return -EACCES;
		err = fsync(f, 0, FILE_END, false);
		if (!err)
			pagecache_invalidate(&bd->mapping, 0, FILE_END);
		return err;
	default:
		return -ENOTTY;
	}
}

const struct file_ops blkdev_file_ops = {
	.open = open,
	.release = release,
	.read = read,
	.write = write,
	.fsync = fsync,
	.seek = seek,
	.map = map,
	.ioctl = ioctl,
};

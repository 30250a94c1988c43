// SPDX-License-Identifier: MIT
/*
 * fallocate(2): room for a part of a file, or a hole in it.
 *
 *	mode                       memory    ext2 (a disk)
 *	0                          room      room: blocks of zeros; the size grows first
 *	KEEP_SIZE                  room      the same within the file; behind its end EOPNOTSUPP
 *	PUNCH_HOLE | KEEP_SIZE     hole      hole
 *	anything else              EOPNOTSUPP, as the filesystems of Linux say that cannot do it
 *
 * Locks: inode->lock.
 */
#include <linux/falloc.h>

#include "fs/file.h"
#include "fs/inode.h"
#include "fs/rw.h"
#include "fs/seal.h"

#define EXCLUSIVE_MODES (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE)
#define KNOWN_MODES                                                                                \
	(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE |                       \
		FALLOC_FL_UNSHARE_RANGE | EXCLUSIVE_MODES)

/* The size may grow so far. 0, -EFBIG, -EPERM. */
static int check_new_size(const struct inode *inode, u64 end)
{
	int err;

	if (end <= mapping_size(&inode->mapping))
		return 0;
	err = inode_check_growth(end);
	return err ? err : seal_check_size(inode, end);
}

/* The size comes first: a page behind the end would never be written, and its block keep what
 * another file left there. For the same reason a disk's files cannot have room behind their end. */
static int allocate_locked(struct inode *inode, u64 start, u64 end, bool keep_size)
{
	u64 size = mapping_size(&inode->mapping);
	bool grows = end > size;
	int err = 0;

	if (keep_size && grows && inode->sb->bdev)
		return -EOPNOTSUPP;
	err = check_new_size(inode, end);
	if (!err && !keep_size && grows)
		err = inode_set_size(inode, end);
	if (err)
		return err;
	err = rw_allocate(inode, start, end);
	if (err && !keep_size && grows)
		inode_set_size(inode, size);
	return err;
}

static int punch_locked(struct inode *inode, u64 start, u64 end)
{
	int err;

	if (!inode->ops || !inode->ops->punch_hole)
		return -EOPNOTSUPP;
	err = seal_check_punch(inode);
	if (!err)
		err = pagecache_punch_hole(&inode->mapping, start, end);
	if (!err)
		err = inode->ops->punch_hole(inode, start, end);
	if (!err)
		inode_touch_modified(inode);
	return err;
}

/* In the order in which Linux looks. */
static int check_mode(int mode)
{
	if (mode & ~KNOWN_MODES)
		return -EOPNOTSUPP;
	if ((mode & FALLOC_FL_PUNCH_HOLE) &&
		((mode & FALLOC_FL_ZERO_RANGE) || !(mode & FALLOC_FL_KEEP_SIZE)))
		return -EOPNOTSUPP;
	if ((mode & FALLOC_FL_COLLAPSE_RANGE) && (mode & ~FALLOC_FL_COLLAPSE_RANGE))
		return -EINVAL;
	if ((mode & FALLOC_FL_INSERT_RANGE) && (mode & ~FALLOC_FL_INSERT_RANGE))
		return -EINVAL;
	if ((mode & FALLOC_FL_UNSHARE_RANGE) &&
		(mode & ~(FALLOC_FL_UNSHARE_RANGE | FALLOC_FL_KEEP_SIZE)))
		return -EINVAL;
	return 0;
}

static int check_file(const struct file *f)
{
	umode_t mode = f->inode->mode;

	if (!(f->mode & FILE_WRITE))
		return -EBADF;
	if (S_ISFIFO(mode))
		return -ESPIPE;
	return S_ISREG(mode) ? 0 : -ENODEV;
}

static int fallocate(struct inode *inode, int mode, u64 start, u64 end)
{
	bool punch = mode == (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE);
	int err;

	if (end > inode_largest_size(inode))
		return -EFBIG;
	if (!inode_has_pages(inode) || (!punch && (mode & ~FALLOC_FL_KEEP_SIZE)))
		return -EOPNOTSUPP;
	mutex_lock(&inode->lock);
	if (punch)
		err = punch_locked(inode, start, end);
	else
		err = allocate_locked(inode, start, end, mode & FALLOC_FL_KEEP_SIZE);
	mutex_unlock(&inode->lock);
	return err;
}

int file_fallocate(struct file *f, int mode, loff_t off, loff_t len)
{
	loff_t end;
	int err;

	if (off < 0 || len <= 0)
		return -EINVAL;
	err = check_mode(mode);
	if (!err)
		err = check_file(f);
	if (!err && __builtin_add_overflow(off, len, &end))
		err = -EFBIG;
	return err ? err : fallocate(f->inode, mode, (u64)off, (u64)end);
}

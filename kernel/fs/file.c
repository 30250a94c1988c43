/* SPDX-License-Identifier: MIT */
/*
 * Open files: what a descriptor refers to, shared by dup(2) and fork(2). The generic reads and
 * writes are in rw.c.
 *
 * A file keeps its inode by its path: a dentry in use never loses its inode. Files without a place
 * in the tree (pipes, memfd) have a nameless dentry on the kernel's own mount, so that
 * /proc/self/fd can print them and open them again.
 */
#include "fs/file.h"

#include <linux/falloc.h>
#include <linux/fcntl.h>
#include <linux/fs.h>

#include "block/block.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/filelock.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/rw.h"
#include "fs/signal_hook.h"
#include "mm/slab.h"

#define FLAGS_OF_OPEN ((u32)(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC))

void (*fs_send_signal)(int sig);

static struct slab_cache *cache;
static const struct file_ops path_only_ops; /* O_PATH: nothing can be done with it */

static u32 mode_of_flags(u32 flags)
{
	static const u8 mode[4] = { FILE_READ, FILE_WRITE, FILE_READ | FILE_WRITE, 0 };

	return flags & O_PATH ? FILE_PATH : mode[flags & O_ACCMODE];
}

/* A file on p, not counted and not opened yet. */
static struct file *file_alloc(const struct path *p, const struct file_ops *ops, u32 flags)
{
	struct file *f = slab_alloc(cache, PAGE_ZEROED);

	if (!f)
		return NULL;
	f->ops = ops;
	f->flags = flags;
	f->mode = mode_of_flags(flags);
	f->path = *p;
	f->inode = p->dentry->inode;
	path_get(p);
	f->errors = errseq_sample(&f->inode->mapping.errors);
	if (f->inode->sb->bdev)
		f->disk_errors = errseq_sample(&f->inode->sb->bdev->mapping.errors);
	mutex_init_named(&f->pos_lock, RANK_FILE_POS, "file position");
	atomic_set(&f->refs, 1);
	return f;
}

static void file_free(struct file *f)
{
	path_put(&f->path);
	slab_free(cache, f);
}

/* A regular file that is open for writing keeps its mount from becoming read-only, and programs
 * from running it. */
static int count_writer(struct file *f)
{
	int err;

	if (!(f->mode & FILE_WRITE) || !S_ISREG(f->inode->mode))
		return 0;
	err = mount_want_write(f->path.mount);
	if (err)
		return err;
	err = inode_get_write(f->inode);
	if (err)
		mount_drop_write(f->path.mount);
	else
		f->mode |= FILE_COUNTED;
	return err;
}

static void uncount_writer(struct file *f)
{
	if (!(f->mode & FILE_COUNTED))
		return;
	inode_put_write(f->inode);
	mount_drop_write(f->path.mount);
}

struct file *file_open_path(const struct path *p, u32 flags)
{
	struct inode *inode = p->dentry->inode;
	struct file *f;
	int err;

	f = file_alloc(p, flags & O_PATH ? &path_only_ops : inode->fops, flags);
	if (!f)
		return ERR_PTR(-ENOMEM);
	if (flags & O_PATH) {
		f->flags &= ~FLAGS_OF_OPEN;
		return f;
	}
	err = f->ops ? count_writer(f) : -ENXIO;
	if (!err && f->ops->open)
		err = f->ops->open(inode, f);
	if (err) {
		uncount_writer(f);
		file_free(f);
		return ERR_PTR(err);
	}
	f->flags &= ~FLAGS_OF_OPEN;
	return f;
}

struct file *file_open_with(const struct path *p, const struct file_ops *ops, u32 flags)
{
	struct file *f = file_alloc(p, ops, flags & ~FLAGS_OF_OPEN);
	int err;

	if (!f)
		return ERR_PTR(-ENOMEM);
	err = count_writer(f);
	if (!err)
		return f;
	file_free(f);
	return ERR_PTR(err);
}

struct file *file_open_anonymous(
	struct inode *inode, const struct file_ops *ops, u32 flags, const char *name)
{
	struct dentry *d = dentry_make_anonymous(inode->sb, inode, name);
	struct path p = { inode->sb->internal, d };
	struct file *f;

	if (!d) {
		inode_put(inode);
		return ERR_PTR(-ENOMEM);
	}
	f = file_open_with(&p, ops, flags);
	dentry_put(d);
	return f;
}

struct file *file_open_kernel(const char *path, u32 flags, umode_t mode)
{
	struct file *f;
	int err = namei_open(AT_FDCWD, path, flags, mode, &f);

	return err ? ERR_PTR(err) : f;
}

void file_release(struct file *f)
{
	file_locks_release(f);
	if (f->ops->release)
		f->ops->release(f);
	uncount_writer(f);
	file_free(f);
}

/* --------------------------------------------------------- what the system calls do with a file */
/* The range is checked once, whole, as Linux does: a bad one moves no byte. Pieces behind the
 * present one have been checked when they were read in. */
static bool buffer_ok(struct iobuf *buf)
{
	if (!buf->kernel && !user_range_ok(buf->addr, buf->here))
		return false;
	if (buf->len > MAX_RW_COUNT)
		iobuf_cut(buf, MAX_RW_COUNT);
	return true;
}

ssize_t file_read(struct file *f, struct iobuf *buf, loff_t *pos)
{
	if (!(f->mode & FILE_READ))
		return -EBADF;
	/* A folder could be read on other systems, so the buffer is looked at first. */
	if (unlikely(!f->ops->read && !S_ISDIR(f->inode->mode)))
		return -EINVAL;
	if (!buffer_ok(buf))
		return -EFAULT;
	if (unlikely(!f->ops->read))
		return -EISDIR;
	return f->ops->read(f, buf, pos);
}

ssize_t file_write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	if (!(f->mode & FILE_WRITE))
		return -EBADF;
	if (unlikely(!f->ops->write))
		return -EINVAL;
	if (!buffer_ok(buf))
		return -EFAULT;
	return f->ops->write(f, buf, pos);
}

ssize_t file_read_kernel(struct file *f, void *data, size_t len, loff_t pos)
{
	struct iobuf buf = iobuf_kernel(data, len);

	return file_read(f, &buf, &pos);
}

ssize_t file_write_kernel(struct file *f, const void *data, size_t len, loff_t pos)
{
	struct iobuf buf = iobuf_kernel((void *)(u64)data, len);

	return file_write(f, &buf, &pos);
}

int file_readdir(struct file *f, struct dir_context *ctx)
{
	struct inode *dir = f->inode;
	int err;

	if (!f->ops->readdir)
		return -ENOTDIR;
	mutex_lock(&f->pos_lock);
	mutex_lock(&dir->lock);
	err = dir->flags & INODE_DEAD ? -ENOENT : f->ops->readdir(f, ctx);
	mutex_unlock(&dir->lock);
	mutex_unlock(&f->pos_lock);
	if (!(f->flags & O_NOATIME))
		inode_touch_accessed(dir, f->path.mount);
	return err;
}

loff_t file_seek(struct file *f, loff_t off, int whence)
{
	loff_t at;

	if (f->mode & FILE_NOSEEK)
		return -ESPIPE;
	mutex_lock(&f->pos_lock);
	at = f->ops->seek ? f->ops->seek(f, off, whence) : generic_seek(f, off, whence);
	mutex_unlock(&f->pos_lock);
	return at;
}

int file_fsync(struct file *f, bool datasync)
{
	return file_fsync_range(f, 0, FILE_END, datasync);
}

int file_fsync_range(struct file *f, u64 start, u64 end, bool datasync)
{
	return f->ops->fsync ? f->ops->fsync(f, start, end, datasync) : -EINVAL;
}

/* ---------------------------------------------------------------- programs and mappings */
int file_deny_write(struct file *f)
{
	s32 v = atomic_read(&f->inode->writers);

	while (v <= 0)
		if (__atomic_compare_exchange_n(&f->inode->writers.v, &v, v - 1, false,
			    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return 0;
	return -ETXTBSY;
}

void file_allow_write(struct file *f)
{
	atomic_inc(&f->inode->writers);
}

static void map_get(void *file)
{
	file_get(file);
}

static void map_put(void *file)
{
	file_put(file);
}

/* As on Linux, whatever the filesystem's own limit is. */
static u64 map_limit(const struct inode *inode)
{
	bool has_end = S_ISREG(inode->mode) || S_ISBLK(inode->mode) || S_ISSOCK(inode->mode);

	return has_end ? (u64)__LONG_MAX__ : ~0UL;
}

int file_ask_map(struct file *f, struct map_request *rq)
{
	rq->file = f;
	rq->file_ops = &file_map_ops;
	rq->file_readable = f->mode & FILE_READ;
	rq->file_writable = f->mode & FILE_WRITE;
	rq->file_noexec = f->path.mount && (f->path.mount->flags & MS_NOEXEC);
	rq->file_limit = map_limit(f->inode);
	rq->file_unmappable = !f->ops->map;
	return f->ops->map ? f->ops->map(f, rq) : 0;
}

static int map_ask(void *file, struct map_request *rq)
{
	return file_ask_map(file, rq);
}

/* msync(2): with the block map and the size, which those pages need to be found again. */
static int map_sync(void *file, u64 start, u64 end)
{
	return file_fsync_range(file, start, end, true);
}

/* madvise(MADV_REMOVE) */
static int map_punch_hole(void *file, u64 start, u64 end)
{
	return file_fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (loff_t)start,
		(loff_t)(end - start));
}

static bool map_is_ours(void *file)
{
	struct file *f = file;

	return inode_is_owned(f->inode) || !inode_permission(f->inode, f->path.mount, MAY_WRITE);
}

const struct map_file_ops file_map_ops = {
	.get = map_get,
	.put = map_put,
	.ask = map_ask,
	.sync = map_sync,
	.punch_hole = map_punch_hole,
	.is_ours = map_is_ours,
};

void file_init(void)
{
	cache = slab_cache_create("file", sizeof(struct file), 8);
	thread_kernel_fs = &initial_fs_context;
	current_thread()->fs = &initial_fs_context;
}

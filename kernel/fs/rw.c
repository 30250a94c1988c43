/* SPDX-License-Identifier: MIT */
/*
 * read(2) and write(2) through the page cache. Both cost by the pages they touch.
 *
 *	read:   pagecache_read() -> copy out                                no lock: the copy may fault
 *	write:  prefault the user's page -> pagecache_grab() (locked) -> fill if it is written in part -> prepare_write() (blocks on disk)
 *	        -> copy without faulting -> size, dirty -> unlock           again if the user's page was taken away in between
 *
 * The user's page may be the very page that is written (a mapping of the same file): that is why
 * the copy under the page lock must not fault. A page that is overwritten whole is not read first:
 * the data comes before prepare_write(), and if the copy breaks off, the page is still not up to
 * date and nobody has seen it.
 */
#include "fs/rw.h"

#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/mount.h>

#include "block/block.h"
#include "debug/assert.h"
#include "fs/context.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/seal.h"

/* ---------------------------------------------------------------- reading */
/* Memory-only files have holes without pages, or with pages that hold nothing yet (fallocate): they
 * read as the zero page, and stay holes. */
static struct page *read_page(struct mapping *m, pgoff_t index, struct readahead *ra)
{
	struct page *page;

	if (likely(!(m->flags & MAPPING_SWAPBACKED)))
		return pagecache_read(m, index, ra);
	page = pagecache_find(m, index);
	if (!page || page_test(page, PG_UPTODATE))
		return page;
	page_put(page);
	return NULL;
}

ssize_t rw_read(struct mapping *m, struct readahead *ra, struct iobuf *buf, loff_t *pos)
{
	u64 at = (u64)*pos, start = at, size, off;
	struct page *page;
	size_t n, copied;
	s64 err = 0;

	while (buf->len) {
		size = mapping_size(m);
		if (at >= size)
			break;
		off = page_offset_in(at);
		n = min(min(PAGE_SIZE - off, buf->len), size - at);
		page = read_page(m, at >> PAGE_SHIFT, ra);
		if (IS_ERR(page)) {
			err = PTR_ERR(page);
			break;
		}
		copied = iobuf_put(buf, (char *)page_address(page ? page : zero_page) + off, n);
		if (page)
			page_put(page);
		at += copied;
		if (unlikely(copied < n)) {
			err = -EFAULT;
			break;
		}
		if (buf->len)
			cond_resched();
	}
	*pos = (loff_t)at;
	return at > start ? (ssize_t)(at - start) : err;
}

/* Is the end behind what a loff_t can say? */
static bool is_past_positions(const struct iobuf *buf, loff_t pos)
{
	return (loff_t)((u64)pos + buf->len) < 0;
}

ssize_t generic_read(struct file *f, struct iobuf *buf, loff_t *pos)
{
	ssize_t n;

	if (!buf->len)
		return 0;
	if (is_past_positions(buf, *pos))
		return -EINVAL;
	n = rw_read(&f->inode->mapping, &f->ra, buf, pos);
	if (n >= 0 && !(f->flags & O_NOATIME))
		inode_touch_accessed(f->inode, f->path.mount);
	return n;
}

/* ---------------------------------------------------------------- writing one page */
static int make_uptodate(struct mapping *m, struct page *page)
{
	if (page_test(page, PG_UPTODATE))
		return 0;
	if (!m->ops->read_pages || page_index(page) << PAGE_SHIFT < mapping_size(m))
		return pagecache_fill(m, page);
	page_zero(page);
	page_set(page, PG_UPTODATE);
	return 0;
}

/* A page of memory that got no space leaves the cache again: it is a hole, and nothing would ever
 * reclaim it. */
static int prepare(struct mapping *m, struct page *page, u32 from, u32 to)
{
	int err = m->ops->prepare_write ? m->ops->prepare_write(m, page, from, to) : 0;

	if (err && !mapping_has_disk(m))
		pagecache_remove_unused(m, page);
	return err;
}

static void page_written(struct mapping *m, struct page *page, u64 at, u32 n)
{
	u32 off = (u32)page_offset_in(at);

	if (at + n > mapping_size(m))
		mapping_set_size(m, at + n);
	if (m->flags & MAPPING_BDEV)
		pagecache_mark_dirty_range(page, off, off + n);
	else
		pagecache_mark_dirty(page);
}

/* A whole page that need not be read: data first, space second. */
static s64 overwrite_page(struct mapping *m, struct page *page, const struct iobuf *buf, u64 at)
{
	int err;

	/* the page has to be what it was; the caller tries again */
	if (iobuf_peek_nofault(buf, page_address(page), PAGE_SIZE) < PAGE_SIZE)
		return make_uptodate(m, page);
	err = prepare(m, page, 0, PAGE_SIZE);
	if (err)
		return err;
	pagecache_set_uptodate(m, page);
	page_written(m, page, at, PAGE_SIZE);
	return PAGE_SIZE;
}

static s64 update_page(struct mapping *m, struct page *page, const struct iobuf *buf, u64 at, u32 n)
{
	u32 off = (u32)page_offset_in(at), copied;
	int err = make_uptodate(m, page);

	if (!err)
		err = prepare(m, page, off, off + n);
	if (err)
		return err;
	copied = (u32)iobuf_peek_nofault(buf, (char *)page_address(page) + off, n);
	if (copied)
		page_written(m, page, at, copied);
	else if (!mapping_has_disk(m) || page_index(page) << PAGE_SHIFT < mapping_size(m))
		pagecache_mark_dirty(page); /* what prepare_write made is to hold these zeros */
	return copied;
}

/* Writes up to the end of the page. Bytes (0: the user's page went away, again), or -errno. */
static s64 write_page(struct mapping *m, struct iobuf *buf, u64 at)
{
	u32 n = (u32)iobuf_prefault(buf, min(PAGE_SIZE - page_offset_in(at), buf->len));
	struct page *page;
	s64 done;

	if (!n)
		return -EFAULT;
	page = pagecache_grab(m, at >> PAGE_SHIFT);
	if (IS_ERR(page))
		return PTR_ERR(page);
	if (n == PAGE_SIZE && !page_test(page, PG_UPTODATE))
		done = overwrite_page(m, page, buf, at);
	else
		done = update_page(m, page, buf, at, n);
	page_unlock(page);
	page_put(page);
	return done;
}

ssize_t rw_write(struct mapping *m, struct iobuf *buf, loff_t *pos)
{
	u64 at = (u64)*pos, start = at;
	s64 n = 0;

	while (buf->len) {
		n = write_page(m, buf, at);
		if (n < 0)
			break;
		at += (u64)n;
		iobuf_skip(buf, (size_t)n);
		pagecache_throttle_writer();
		if (buf->len)
			cond_resched();
	}
	*pos = (loff_t)at;
	return at > start ? (ssize_t)(at - start) : n;
}

/* ---------------------------------------------------------------- writing a file */
/* How much of len bytes at pos may be written: RLIMIT_FSIZE, the format's limit. -EFBIG:
 * nothing. */
static s64 clip_to_limits(const struct inode *inode, u64 pos, size_t len)
{
	u64 largest = inode_largest_size(inode);
	int err = inode_check_growth(pos + 1);

	if (err)
		return err;
	if (pos >= largest)
		return -EFBIG;
	return (s64)min((u64)len, min(current_limit(RLIMIT_FSIZE), largest) - pos);
}

/* The gap between the end and pos reads as zeros. Undone if then nothing is written. */
static ssize_t write_at(struct inode *inode, struct iobuf *buf, loff_t *pos)
{
	struct mapping *m = &inode->mapping;
	u64 old = mapping_size(m);
	size_t wanted = buf->len;
	ssize_t n;
	int err;

	if ((u64)*pos > old) {
		/* What cannot be read changes nothing: not even by a mapping of the gap itself. */
		if (!iobuf_prefault(buf, 1))
			return -EFAULT;
		err = pagecache_set_size(m, (u64)*pos);
		if (err)
			return err;
	}
	n = rw_write(m, buf, pos);
	if (n > 0) {
		inode_drop_privileges(inode);
		inode_touch_modified(inode);
	} else if (mapping_size(m) > old) {
		pagecache_undo_growth(m, old);
	}
	/* blocks that got no data */
	if (n < (ssize_t)wanted && inode->ops->truncate)
		inode->ops->truncate(inode, mapping_size(m), mapping_size(m));
	return n;
}

/* Seals are asked for each page, when its bytes are there: can some of those be read for the page
 * that is refused? */
static bool has_refused_bytes(const struct iobuf *buf, loff_t pos, size_t len)
{
	return iobuf_prefault(buf, min(len, PAGE_SIZE - page_offset_in((u64)pos)));
}

static ssize_t write_locked(struct file *f, struct iobuf *buf, loff_t *pos)
{
	struct inode *inode = f->inode;
	struct iobuf part;
	s64 within, allowed;
	ssize_t n;

	if (f->flags & O_APPEND)
		*pos = (loff_t)mapping_size(&inode->mapping);
	within = clip_to_limits(inode, (u64)*pos, buf->len);
	if (within < 0)
		return within;
	allowed = seal_clip_write(inode, (u64)*pos, (u64)within);
	if (allowed < 0)
		return has_refused_bytes(buf, *pos, (size_t)within) ? allowed : -EFAULT;
	part = *buf;
	iobuf_cut(&part, (size_t)allowed);
	n = write_at(inode, &part, pos);
	iobuf_skip(buf, n > 0 ? (size_t)n : 0);
	/* The bytes behind the limit are asked for too, as those of a page that is refused alone. */
	if (n == allowed && n < within)
		has_refused_bytes(buf, *pos, (size_t)(within - n));
	return n;
}

ssize_t generic_write(struct file *f, struct iobuf *buf, loff_t *pos)
{
	struct inode *inode = f->inode;
	ssize_t n;
	int err;

	if (!buf->len)
		return 0;
	if (is_past_positions(buf, *pos))
		return -EINVAL;
	mutex_lock(&inode->lock);
	n = write_locked(f, buf, pos);
	mutex_unlock(&inode->lock);
	if (n > 0 && (f->flags & O_DSYNC)) { /* O_SYNC contains it */
		err = file_fsync_range(f, (u64)(*pos - n), (u64)*pos, !(f->flags & __O_SYNC));
		if (err)
			return err;
	}
	return n;
}

/* ----------------------------------------------------------- the rest of the generic operations */
static int sync_inode(struct inode *inode, errseq_t *seen)
{
	if (inode->sb->ops->sync_inode)
		return inode->sb->ops->sync_inode(inode, seen);
	return pagecache_sync_since(&inode->sb->bdev->mapping, 0, FILE_END, true, seen);
}

int generic_fsync(struct file *f, u64 start, u64 end, bool datasync)
{
	struct inode *inode = f->inode;
	struct block_device *bd = inode->sb->bdev;
	int err, e;

	/* the size and the block map are needed in any case, and are written with the rest */
	(void)datasync;
	e = inode_write_one(inode); /* any other error is one of the mapping's */
	err = pagecache_sync_since(&inode->mapping, start, end, true, &f->errors);
	if (!bd)
		return err;
	if (e == -ENOMEM)
		return err ? err : e;
	e = sync_inode(inode, &f->disk_errors);
	err = err ? err : e;
	e = block_flush(bd);
	return err ? err : e;
}

int noop_fsync(struct file *f, u64 start, u64 end, bool datasync)
{
	(void)f, (void)start, (void)end, (void)datasync;
	return 0;
}

int generic_map(struct file *f, struct map_request *rq)
{
	rq->mapping = &f->inode->mapping;
	rq->file_noexec = f->path.mount->flags & MS_NOEXEC;
	if (!(f->flags & O_NOATIME))
		inode_touch_accessed(f->inode, f->path.mount);
	return 0;
}

/* SEEK_DATA and SEEK_HOLE. Behind the end of a file is a hole; and lseek(2) allows that all before it
 * is data. */
static loff_t find_data(struct inode *inode, loff_t off, bool data)
{
	bool has_holes = S_ISREG(inode->mode) && inode->ops && inode->ops->find_data;
	u64 at = (u64)off, size;
	int err = 0;

	mutex_lock(&inode->lock);
	size = mapping_size(&inode->mapping);
	if (off < 0 || at >= size)
		err = -ENXIO;
	else if (has_holes)
		err = inode->ops->find_data(inode, &at, data);
	else if (!data)
		at = size;
	mutex_unlock(&inode->lock);
	if (!err && at >= size && data)
		err = -ENXIO;
	return err ? err : (loff_t)min(at, size);
}

loff_t generic_seek(struct file *f, loff_t off, int whence)
{
	loff_t size = (loff_t)mapping_size(&f->inode->mapping), base = 0, at;
	u64 largest = f->inode->sb->max_file_size;

	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		base = f->pos;
		break;
	case SEEK_END:
		base = size;
		break;
	case SEEK_DATA:
	case SEEK_HOLE:
		off = find_data(f->inode, off, whence == SEEK_DATA);
		if (off < 0)
			return off;
		break;
	default:
		return -EINVAL;
	}
	if (__builtin_add_overflow(base, off, &at))
		return -EOVERFLOW;
	if (at < 0 || (largest && (u64)at > largest && S_ISREG(f->inode->mode)))
		return -EINVAL;
	f->pos = at;
	return at;
}

const struct file_ops generic_file_ops = {
	.read = generic_read,
	.write = generic_write,
	.fsync = generic_fsync,
	.seek = generic_seek,
	.map = generic_map,
};

/* ---------------------------------------------------------------- fallocate, sendfile */
/* How much of the page at `at` gets room: on a disk nothing behind the end, for it would not be
 * written. */
static u32 allocated_part(const struct mapping *m, u64 at, u64 size)
{
	return mapping_has_disk(m) && size - at < PAGE_SIZE ? (u32)(size - at) : (u32)PAGE_SIZE;
}

/* Makes room for the locked page at `at`. It is filled with zeros on a disk; and in memory, as on
 * Linux, if it had room before. */
static int allocate_page(struct mapping *m, struct page *page, u64 at, u64 size)
{
	bool fill = mapping_has_disk(m) || page_test(page, PG_DIRTY);
	int err = fill ? make_uptodate(m, page) : 0;

	if (!err)
		err = prepare(m, page, 0, allocated_part(m, at, size));
	if (err)
		return err;
	if (!page_test(page, PG_UPTODATE))
		pagecache_mark_unwritten(m, page);
	pagecache_mark_dirty(page);
	return 0;
}

int rw_allocate(struct inode *inode, u64 start, u64 end)
{
	struct mapping *m = &inode->mapping;
	u64 size = mapping_size(m);
	struct page *page;
	int err = 0;

	for (u64 at = start & PAGE_MASK; at < end && !err; at += PAGE_SIZE) {
		page = pagecache_grab(m, at >> PAGE_SHIFT);
		if (IS_ERR(page))
			return (int)PTR_ERR(page);
		err = allocate_page(m, page, at, size);
		page_unlock(page);
		page_put(page);
		pagecache_throttle_writer();
		if (thread_signal_pending())
			return -EINTR;
		cond_resched();
	}
	return err;
}

ssize_t rw_copy(struct file *in, loff_t *in_pos, struct file *out, loff_t *out_pos, size_t len)
{
	struct page *page = page_alloc(0);
	size_t done = 0;
	ssize_t n = 0, w;
	loff_t from;

	if (!page)
		return -ENOMEM;
	len = min(len, MAX_RW_COUNT);
	while (done < len) {
		struct iobuf buf = iobuf_kernel(page_address(page), min(len - done, PAGE_SIZE));

		from = *in_pos;
		n = file_read(in, &buf, &from);
		if (n <= 0)
			break;
		buf = iobuf_kernel(page_address(page), (size_t)n);
		w = file_write(out, &buf, out_pos);
		if (w > 0) {
			*in_pos += w;
			done += (size_t)w;
		}
		if (w < n) {
			n = w;
			break;
		}
		if (thread_signal_pending()) {
			n = -EINTR;
			break;
		}
		cond_resched();
	}
	page_put(page);
	return done ? (ssize_t)done : n;
}

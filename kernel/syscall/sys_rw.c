/* SPDX-License-Identifier: MIT */
/* Moving bytes: read, write and their families, lseek, sendfile, copy_file_range. Descriptors
 * themselves are in sys_file.c. */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/uio.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/rw.h"
#include "syscall/syscall.h"
#include "syscall/vector.h"

typedef ssize_t (*file_rw_fn)(struct file *f, struct iobuf *buf, loff_t *pos);

/* The shared offset of regular files is used by one thread at a time; streams and devices have
 * none. */
static bool has_position(const struct file *f)
{
	return !(f->mode & FILE_NOSEEK);
}

static s64 rw_at_position(struct file *f, struct iobuf *buf, file_rw_fn fn)
{
	loff_t pos = 0;
	s64 n;

	if (!has_position(f))
		return fn(f, buf, &pos);
	mutex_lock(&f->pos_lock);
	n = fn(f, buf, &f->pos);
	mutex_unlock(&f->pos_lock);
	return n;
}

s64 sys_read(int fd, vaddr_t addr, size_t len)
{
	struct iobuf buf = iobuf_user(addr, len);
	struct file *f = fd_get(fd);
	s64 n;

	if (unlikely(!f))
		return -EBADF;
	n = rw_at_position(f, &buf, file_read);
	file_put(f);
	return n;
}

s64 sys_write(int fd, vaddr_t addr, size_t len)
{
	struct iobuf buf = iobuf_user(addr, len);
	struct file *f = fd_get(fd);
	s64 n;

	if (unlikely(!f))
		return -EBADF;
	n = rw_at_position(f, &buf, file_write);
	file_put(f);
	return n;
}

static s64 rw_at(int fd, vaddr_t addr, size_t len, loff_t pos, file_rw_fn fn)
{
	struct iobuf buf = iobuf_user(addr, len);
	struct file *f;
	s64 n = -ESPIPE;

	if (pos < 0)
		return -EINVAL;
	f = fd_get(fd);
	if (!f)
		return -EBADF;
	if (has_position(f))
		n = fn(f, &buf, &pos);
	file_put(f);
	return n;
}

s64 sys_pread64(int fd, vaddr_t addr, size_t len, loff_t pos)
{
	return rw_at(fd, addr, len, pos, file_read);
}

s64 sys_pwrite64(int fd, vaddr_t addr, size_t len, loff_t pos)
{
	return rw_at(fd, addr, len, pos, file_write);
}

/* ---------------------------------------------------------------- vectors */
/* pos NULL: the file's own position. */
static s64 do_vector(int fd, vaddr_t uiov, u64 count, const loff_t *at, bool write)
{
	file_rw_fn fn = write ? file_write : file_read;
	struct file *f = fd_get(fd);
	loff_t pos = at ? *at : 0;
	struct iobuf buf;
	struct vector v;
	s64 n;

	if (!f)
		return -EBADF;
	if (at && !has_position(f)) {
		file_put(f);
		return -ESPIPE;
	}
	n = vector_get(&v, uiov, count);
	if (!n) {
		buf = iobuf_pieces(v.iov, v.total);
		n = at ? fn(f, &buf, &pos) : rw_at_position(f, &buf, fn);
		vector_free(&v);
	}
	file_put(f);
	return n;
}

s64 sys_readv(int fd, vaddr_t uiov, u64 count)
{
	return do_vector(fd, uiov, count, NULL, false);
}

s64 sys_writev(int fd, vaddr_t uiov, u64 count)
{
	return do_vector(fd, uiov, count, NULL, true);
}

/* The position comes in two halves for 32-bit programs; here the low one is all of it. */
s64 sys_preadv(int fd, vaddr_t uiov, u64 count, loff_t pos, u64 pos_high)
{
	(void)pos_high;
	return pos < 0 ? -EINVAL : do_vector(fd, uiov, count, &pos, false);
}

s64 sys_pwritev(int fd, vaddr_t uiov, u64 count, loff_t pos, u64 pos_high)
{
	(void)pos_high;
	return pos < 0 ? -EINVAL : do_vector(fd, uiov, count, &pos, true);
}

static s64 vector_v2(int fd, vaddr_t uiov, u64 count, loff_t pos, int flags, bool write)
{
	if (flags)
		return -EOPNOTSUPP;
	if (pos < -1)
		return -EINVAL;
	return do_vector(fd, uiov, count, pos == -1 ? NULL : &pos, write);
}

s64 sys_preadv2(int fd, vaddr_t uiov, u64 count, loff_t pos, u64 pos_high, int flags)
{
	(void)pos_high;
	return vector_v2(fd, uiov, count, pos, flags, false);
}

s64 sys_pwritev2(int fd, vaddr_t uiov, u64 count, loff_t pos, u64 pos_high, int flags)
{
	(void)pos_high;
	return vector_v2(fd, uiov, count, pos, flags, true);
}

/* ---------------------------------------------------------------- position */
s64 sys_lseek(int fd, loff_t off, u32 whence)
{
	struct file *f = fd_get(fd);
	s64 at;

	if (!f)
		return -EBADF;
	at = whence > SEEK_MAX ? -EINVAL : file_seek(f, off, (int)whence);
	file_put(f);
	return at;
}

/* ---------------------------------------------------------------- file to file */
/* *upos, or the file's own position if upos is 0. */
static s64 read_position(struct file *f, vaddr_t upos, loff_t *pos)
{
	if (!upos) {
		*pos = f->pos;
		return 0;
	}
	if (!has_position(f))
		return -ESPIPE;
	if (copy_from_user(pos, upos, sizeof(*pos)))
		return -EFAULT;
	return *pos < 0 ? -EINVAL : 0;
}

static s64 write_position(struct file *f, vaddr_t upos, loff_t pos, s64 result)
{
	if (!upos)
		f->pos = has_position(f) ? pos : f->pos;
	else if (copy_to_user(upos, &pos, sizeof(pos)))
		return -EFAULT;
	return result;
}

static s64 copy_between(struct file *in, vaddr_t uin, struct file *out, vaddr_t uout, size_t len)
{
	loff_t in_pos, out_pos;
	s64 n;

	if (!(in->mode & FILE_READ) || !(out->mode & FILE_WRITE))
		return -EBADF;
	n = read_position(in, uin, &in_pos);
	if (!n)
		n = read_position(out, uout, &out_pos);
	if (n)
		return n;
	n = rw_copy(in, &in_pos, out, &out_pos, len);
	n = write_position(in, uin, in_pos, n);
	return write_position(out, uout, out_pos, n);
}

s64 sys_sendfile(int out_fd, int in_fd, vaddr_t upos, size_t len)
{
	struct file *in = fd_get(in_fd), *out = fd_get(out_fd);
	s64 n = -EBADF;

	if (in && out) {
		if (!(in->mode & FILE_READ) || !(out->mode & FILE_WRITE))
			n = -EBADF;
		else if (!has_position(in))
			n = upos ? -ESPIPE : -EINVAL;
		else if (out->flags & O_APPEND)
			n = -EINVAL;
		else
			n = copy_between(in, upos, out, 0, len);
	}
	if (in)
		file_put(in);
	if (out)
		file_put(out);
	return n;
}

static s64 check_copy_range(
	struct file *in, vaddr_t uin, struct file *out, vaddr_t uout, size_t len)
{
	loff_t a, b;
	s64 err;

	if (S_ISDIR(in->inode->mode) || S_ISDIR(out->inode->mode))
		return -EISDIR;
	if (!S_ISREG(in->inode->mode) || !S_ISREG(out->inode->mode))
		return -EINVAL;
	if (out->flags & O_APPEND)
		return -EBADF;
	err = read_position(in, uin, &a);
	if (!err)
		err = read_position(out, uout, &b);
	if (!err && in->inode == out->inode && (u64)a < (u64)b + len && (u64)b < (u64)a + len)
		err = -EINVAL;
	return err;
}

s64 sys_copy_file_range(int in_fd, vaddr_t uin, int out_fd, vaddr_t uout, size_t len, u32 flags)
{
	struct file *in = fd_get(in_fd), *out = fd_get(out_fd);
	s64 n = -EBADF;

	if (in && out) {
		n = flags ? -EINVAL : check_copy_range(in, uin, out, uout, len);
		if (!n)
			n = copy_between(in, uin, out, uout, len);
	}
	if (in)
		file_put(in);
	if (out)
		file_put(out);
	return n;
}

/* SPDX-License-Identifier: MIT */
/* Descriptors and what one does with an open file besides moving bytes (sys_rw.c): close, dup,
 * fcntl, ioctl, fsync, advice, space, pipes. */
#include <asm/ioctls.h>
#include <linux/close_range.h>
#include <linux/fadvise.h>
#include <linux/falloc.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/memfd.h>
#include <linux/sched.h>

#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/filelock.h"
#include "fs/hugetlbfs.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/pipe.h"
#include "fs/seal.h"
#include "fs/rw.h"
#include "fs/tmpfs.h"
#include "lib/format.h"
#include "proc/process.h"
#include "proc/unshare.h"
#include "syscall/syscall.h"

#define FLAGS_SETTABLE ((u32)(O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME | FASYNC))

/* ---------------------------------------------------------------- close, dup */
s64 sys_close(int fd)
{
	return fd_close(fd);
}

s64 sys_close_range(u32 first, u32 last, u32 flags)
{
	struct fd_table *t;
	int fd, err = 0;

	if (first > last || (flags & ~(u32)(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)))
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE)
		err = unshare_now(CLONE_FILES);
	if (err)
		return err;
	t = current_files();
	last = min(last, (u32)(~0u >> 1));
	for (fd = first > last ? -1 : fd_table_next(t, (int)first); fd >= 0 && (u32)fd <= last;
		fd = fd_table_next(t, fd + 1)) {
		if (flags & CLOSE_RANGE_CLOEXEC)
			fd_set_cloexec(fd, true);
		else
			fd_close(fd);
	}
	return 0;
}

static s64 dup_at_least(int fd, u32 min, bool cloexec)
{
	struct file *f = fd_get_any(fd);
	int new;

	if (!f)
		return -EBADF;
	new = fd_reserve(min, cloexec);
	if (new < 0)
		file_put(f);
	else
		fd_install(new, f);
	return new;
}

s64 sys_dup(int fd)
{
	return dup_at_least(fd, 0, false);
}

s64 sys_dup2(int fd, int to)
{
	bool cloexec;

	if (fd == to)
		return fd_get_cloexec(fd, &cloexec) ? to : -EBADF;
	return fd_dup_to(fd, to, false);
}

s64 sys_dup3(int fd, int to, int flags)
{
	if ((flags & ~O_CLOEXEC) || fd == to)
		return -EINVAL;
	return fd_dup_to(fd, to, flags & O_CLOEXEC);
}

/* ---------------------------------------------------------------- fcntl */
static s64 set_flags(struct file *f, u32 flags)
{
	u32 old = atomic_load(&f->flags);

	if ((flags & ~old & O_NOATIME) && !inode_is_owned(f->inode))
		return -EPERM;
	while (!__atomic_compare_exchange_n(&f->flags, &old,
		(old & ~FLAGS_SETTABLE) | (flags & FLAGS_SETTABLE), false, __ATOMIC_SEQ_CST,
		__ATOMIC_ACQUIRE))
		;
	return 0;
}

static s64 lock_range(struct file *f, u32 cmd, vaddr_t arg)
{
	struct flock fl;
	s64 err;

	if (copy_from_user(&fl, arg, sizeof(fl)))
		return -EFAULT;
	err = file_lock_range(f, cmd, &fl, current_process()->pid);
	if (!err && (cmd == F_GETLK || cmd == F_OFD_GETLK) && copy_to_user(arg, &fl, sizeof(fl)))
		err = -EFAULT;
	return err;
}

/* What is asked of the descriptor, and allowed with O_PATH. -ENOSYS: it is asked of the file. */
static s64 fcntl_descriptor(int fd, u32 cmd, u64 arg)
{
	bool cloexec;

	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		if (arg >= current_limit(RLIMIT_NOFILE))
			return -EINVAL;
		return dup_at_least(fd, (u32)arg, cmd == F_DUPFD_CLOEXEC);
	case F_GETFD:
		return fd_get_cloexec(fd, &cloexec) ? (cloexec ? FD_CLOEXEC : 0) : -EBADF;
	case F_SETFD:
		return fd_set_cloexec(fd, arg & FD_CLOEXEC) ? 0 : -EBADF;
	default:
		return -ENOSYS;
	}
}

static s64 fcntl_file(struct file *f, u32 cmd, u64 arg)
{
	switch (cmd) {
	case F_SETFL:
		return set_flags(f, (u32)arg);
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return lock_range(f, cmd, arg);
	case F_SETOWN:
		f->owner = (pid_t)arg;
		return 0;
	case F_GETOWN:
		return f->owner;
	case F_SETSIG:
		return arg > 64 ? -EINVAL : 0;
	case F_GETSIG:
		return 0;
	case F_GETLEASE:
		return F_UNLCK;
	case F_ADD_SEALS:
		return arg >> 32 ? -EINVAL : seal_add(f, (u32)arg);
	case F_GET_SEALS:
		return seal_get(f);
	case F_SETPIPE_SZ:
		return pipe_set_size(f, arg);
	case F_GETPIPE_SZ:
		return pipe_get_size(f);
	default:
		return -EINVAL;
	}
}

s64 sys_fcntl(int fd, u32 cmd, u64 arg)
{
	s64 n = fcntl_descriptor(fd, cmd, arg);
	struct file *f;

	if (n != -ENOSYS)
		return n;
	f = fd_get_any(fd);
	if (!f)
		return -EBADF;
	if (cmd == F_GETFL)
		n = (s64)atomic_load(&f->flags);
	else
		n = f->mode & FILE_PATH ? -EBADF : fcntl_file(f, cmd, arg);
	file_put(f);
	return n;
}

s64 sys_flock(int fd, int operation)
{
	struct file *f = fd_get(fd);
	s64 err;

	if (!f)
		return -EBADF;
	err = file_lock_whole(f, operation);
	if (err == -EAGAIN)
		err = -EWOULDBLOCK;
	file_put(f);
	return err;
}

/* ---------------------------------------------------------------- ioctl */
static s64 set_nonblocking(struct file *f, vaddr_t arg)
{
	u32 old = atomic_load(&f->flags);
	int on;

	if (copy_from_user(&on, arg, sizeof(on)))
		return -EFAULT;
	return set_flags(f, on ? old | O_NONBLOCK : old & ~(u32)O_NONBLOCK);
}

static s64 bytes_left(struct file *f, vaddr_t arg)
{
	int n = (int)(mapping_size(&f->inode->mapping) - (u64)f->pos);

	return copy_to_user(arg, &n, sizeof(n));
}

static s64 ioctl_file(struct file *f, u32 cmd, u64 arg)
{
	s64 n;

	switch (cmd) {
	case FIONBIO:
		return set_nonblocking(f, arg);
	case FIGETBSZ: {
		int size = (int)f->inode->sb->block_size;

		return copy_to_user(arg, &size, sizeof(size));
	}
	default:
		n = f->ops->ioctl ? f->ops->ioctl(f, cmd, arg) : -ENOTTY;
		if (n == -ENOTTY && cmd == FIONREAD && S_ISREG(f->inode->mode))
			n = bytes_left(f, arg);
		return n;
	}
}

s64 sys_ioctl(int fd, u32 cmd, u64 arg)
{
	struct file *f = fd_get(fd);
	s64 n;

	if (!f)
		return -EBADF;
	if (cmd == FIOCLEX || cmd == FIONCLEX)
		n = fd_set_cloexec(fd, cmd == FIOCLEX) ? 0 : -EBADF;
	else
		n = ioctl_file(f, cmd, arg);
	file_put(f);
	return n;
}

/* ---------------------------------------------------------------- to disk */
static s64 sync_fd(int fd, bool datasync)
{
	struct file *f = fd_get(fd);
	s64 err;

	if (!f)
		return -EBADF;
	err = file_fsync(f, datasync);
	file_put(f);
	return err;
}

s64 sys_fsync(int fd)
{
	return sync_fd(fd, false);
}

s64 sys_fdatasync(int fd)
{
	return sync_fd(fd, true);
}

/* Of the pages alone: of a directory there is nothing to do. */
static s64 sync_range(struct file *f, u64 start, u64 end, bool wait)
{
	switch (f->inode->mode & S_IFMT) {
	case S_IFREG:
		return pagecache_sync_since(&f->inode->mapping, start, end, wait, &f->errors);
	case S_IFBLK:
		return file_fsync_range(f, start, end, true);
	case S_IFDIR:
	case S_IFLNK:
		return 0;
	default:
		return -ESPIPE;
	}
}

s64 sys_sync_file_range(int fd, loff_t off, loff_t len, u32 flags)
{
	struct file *f = fd_get(fd);
	s64 err = -EINVAL;

	if (!f)
		return -EBADF;
	if (off >= 0 && len >= 0 && len <= (loff_t)(~0UL >> 1) - off && !(flags & ~7u))
		err = sync_range(f, (u64)off, len ? (u64)(off + len) : FILE_END,
			flags & (SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WAIT_AFTER));
	file_put(f);
	return err;
}

/* ---------------------------------------------------------------- advice */
static void advise_range(struct file *f, u64 off, u64 len, bool need)
{
	struct mapping *m = &f->inode->mapping;
	u64 size = mapping_size(m), end = len ? off + len : size;

	end = end < size ? end : page_align_up(size); /* the last page is a whole one */
	if (end <= off)
		return;
	if (need)
		pagecache_start_read(m, off >> PAGE_SHIFT,
			(page_align_up(end) >> PAGE_SHIFT) - (off >> PAGE_SHIFT));
	else
		pagecache_invalidate(m, off, end);
}

static s64 advise(struct file *f, loff_t off, loff_t len, int advice)
{
	switch (advice) {
	case POSIX_FADV_NORMAL:
		f->ra.advice = RA_NORMAL;
		return 0;
	case POSIX_FADV_RANDOM:
		f->ra.advice = RA_RANDOM;
		return 0;
	case POSIX_FADV_SEQUENTIAL:
		f->ra.advice = RA_SEQUENTIAL;
		return 0;
	case POSIX_FADV_WILLNEED:
	case POSIX_FADV_DONTNEED:
		if (S_ISREG(f->inode->mode) && off >= 0)
			advise_range(f, (u64)off, (u64)len, advice == POSIX_FADV_WILLNEED);
		return 0;
	case POSIX_FADV_NOREUSE:
		return 0;
	default:
		return -EINVAL;
	}
}

s64 sys_fadvise64(int fd, loff_t off, loff_t len, int advice)
{
	struct file *f = fd_get(fd);
	s64 err;

	if (!f)
		return -EBADF;
	if (S_ISFIFO(f->inode->mode))
		err = -ESPIPE;
	else
		err = len < 0 ? -EINVAL : advise(f, off, len, advice);
	file_put(f);
	return err;
}

s64 sys_readahead(int fd, loff_t off, size_t len)
{
	struct file *f = fd_get(fd);
	s64 err = -EBADF;

	if (!f)
		return -EBADF;
	if (f->mode & FILE_READ) {
		err = S_ISREG(f->inode->mode) && (s64)len >= 0 ? 0 : -EINVAL;
		if (!err && len && off >= 0)
			advise_range(f, (u64)off, min(len, (size_t)MIB(16)), true);
	}
	file_put(f);
	return err;
}

/* ---------------------------------------------------------------- space */
s64 sys_fallocate(int fd, int mode, loff_t off, loff_t len)
{
	struct file *f = fd_get(fd);
	s64 err;

	if (!f)
		return -EBADF;
	err = file_fallocate(f, mode, off, len);
	file_put(f);
	return err;
}

s64 sys_ftruncate(int fd, loff_t size)
{
	struct attr_change c = { .valid = ATTR_SIZE, .size = (u64)size };
	struct file *f;
	s64 err = -EINVAL;

	if (size < 0)
		return -EINVAL;
	f = fd_get(fd);
	if (!f)
		return -EBADF;
	if ((f->mode & FILE_WRITE) && S_ISREG(f->inode->mode))
		err = inode_change(f->inode, f->path.mount, &c);
	file_put(f);
	return err;
}

/* ---------------------------------------------------------------- pipes, memfd */
static s64 install_pipe(struct file *files[2], vaddr_t ufds, bool cloexec)
{
	int fds[2] = { fd_reserve(0, cloexec), -1 };

	if (fds[0] < 0)
		return fds[0];
	fds[1] = fd_reserve(0, cloexec);
	if (fds[1] < 0) {
		fd_release(fds[0]);
		return fds[1];
	}
	if (copy_to_user(ufds, fds, sizeof(fds))) {
		fd_release(fds[0]);
		fd_release(fds[1]);
		return -EFAULT;
	}
	fd_install(fds[0], files[0]);
	fd_install(fds[1], files[1]);
	return 0;
}

s64 sys_pipe2(vaddr_t ufds, int flags)
{
	struct file *files[2];
	s64 err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	err = pipe_create(files, (u32)flags & (O_NONBLOCK | O_DIRECT));
	if (err)
		return err;
	err = install_pipe(files, ufds, flags & O_CLOEXEC);
	if (err) {
		file_put(files[0]);
		file_put(files[1]);
	}
	return err;
}

s64 sys_pipe(vaddr_t ufds)
{
	return sys_pipe2(ufds, 0);
}

static int check_memfd_flags(u32 flags)
{
	u32 known = MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB;

	if (flags & MFD_HUGETLB)
		known |= (u32)MFD_HUGE_MASK << MFD_HUGE_SHIFT;
	return flags & ~known ? -EINVAL : 0;
}

static struct file *make_memfd(const char *name, u32 flags)
{
	bool sealable = flags & MFD_ALLOW_SEALING;
	u64 size;

	if (!(flags & MFD_HUGETLB))
		return tmpfs_unnamed_file(name, 0, O_RDWR | O_LARGEFILE, sealable);
	size = hugetlbfs_page_size(flags >> MFD_HUGE_SHIFT & MFD_HUGE_MASK);
	if (!size)
		return ERR_PTR(-ENODEV);
	return hugetlbfs_unnamed_file(name, size, 0, O_RDWR | O_LARGEFILE, sealable);
}

s64 sys_memfd_create(vaddr_t uname, u32 flags)
{
	char name[250], shown[280];
	struct file *f;
	ssize_t n;
	int fd, err = check_memfd_flags(flags);

	if (err)
		return err;
	n = strncpy_from_user(name, uname, sizeof(name));
	if (n < 0)
		return n == -ENAMETOOLONG ? -EINVAL : n;
	snprintf(shown, sizeof(shown), "/memfd:%s (deleted)", name);
	fd = fd_reserve(0, flags & MFD_CLOEXEC);
	if (fd < 0)
		return fd;
	f = make_memfd(shown, flags);
	if (IS_ERR(f)) {
		fd_release(fd);
		return PTR_ERR(f);
	}
	fd_install(fd, f);
	return fd;
}

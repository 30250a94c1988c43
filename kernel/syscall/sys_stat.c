/* SPDX-License-Identifier: MIT */
/* Attributes of files: stat and statx, access, chmod, chown, times, truncate; statfs. Structures as
 * Linux lays them out, from its headers. */
#include <asm/stat.h>
#include <asm/statfs.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/securebits.h>
#include <linux/stat.h>
#include <linux/time_types.h>
#include <linux/utime.h>

#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "sched/sched.h"
#include "syscall/syscall.h"

/* Of utimensat(2); the uapi headers do not have them. */
#define TIME_IS_NOW  ((1L << 30) - 1)
#define TIME_IS_OMIT ((1L << 30) - 2)
#define STATFS_VALID 0x20 /* f_flags is filled */

/* ---------------------------------------------------------------- stat */
static s64 put_stat(struct inode *inode, vaddr_t to)
{
	struct stat st = { 0 };

	inode_refresh(inode);
	st.st_dev = dev_encode(inode->sb->dev);
	st.st_ino = inode->ino;
	st.st_nlink = inode->nlink;
	st.st_mode = inode->mode;
	st.st_uid = inode->uid;
	st.st_gid = inode->gid;
	st.st_rdev = dev_encode(inode->rdev);
	st.st_size = (s64)mapping_size(&inode->mapping);
	st.st_blksize = inode->block_size;
	st.st_blocks = (s64)inode->blocks;
	st.st_atime = (u64)inode->atime.sec;
	st.st_atime_nsec = (u64)inode->atime.nsec;
	st.st_mtime = (u64)inode->mtime.sec;
	st.st_mtime_nsec = (u64)inode->mtime.nsec;
	st.st_ctime = (u64)inode->ctime.sec;
	st.st_ctime_nsec = (u64)inode->ctime.nsec;
	return copy_to_user(to, &st, sizeof(st));
}

static u32 follow_flag(int flags)
{
	return (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) |
	       (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
}

s64 sys_newfstatat(int dirfd, vaddr_t name, vaddr_t to, int flags)
{
	struct path p;
	s64 err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
		return -EINVAL;
	err = namei_lookup_user(dirfd, name, follow_flag(flags), &p);
	if (err)
		return err;
	err = put_stat(p.dentry->inode, to);
	path_put(&p);
	return err;
}

s64 sys_stat(vaddr_t name, vaddr_t to)
{
	return sys_newfstatat(AT_FDCWD, name, to, 0);
}

s64 sys_lstat(vaddr_t name, vaddr_t to)
{
	return sys_newfstatat(AT_FDCWD, name, to, AT_SYMLINK_NOFOLLOW);
}

s64 sys_fstat(int fd, vaddr_t to)
{
	struct file *f = fd_get_any(fd);
	s64 err;

	if (!f)
		return -EBADF;
	err = put_stat(f->inode, to);
	file_put(f);
	return err;
}

static struct statx_timestamp statx_time(const struct timespec64 *t)
{
	return (struct statx_timestamp){ .tv_sec = t->sec, .tv_nsec = (u32)t->nsec };
}

static s64 put_statx(const struct path *p, vaddr_t to)
{
	struct inode *inode = p->dentry->inode;
	struct statx st = { 0 };

	inode_refresh(inode);
	st.stx_mask = STATX_BASIC_STATS | STATX_MNT_ID;
	st.stx_blksize = inode->block_size;
	st.stx_attributes_mask = STATX_ATTR_MOUNT_ROOT;
	if (p->dentry == p->mount->root)
		st.stx_attributes = STATX_ATTR_MOUNT_ROOT;
	st.stx_nlink = inode->nlink;
	st.stx_uid = inode->uid;
	st.stx_gid = inode->gid;
	st.stx_mode = (u16)inode->mode;
	st.stx_ino = inode->ino;
	st.stx_size = mapping_size(&inode->mapping);
	st.stx_blocks = inode->blocks;
	st.stx_atime = statx_time(&inode->atime);
	st.stx_mtime = statx_time(&inode->mtime);
	st.stx_ctime = statx_time(&inode->ctime);
	st.stx_rdev_major = MAJOR(inode->rdev);
	st.stx_rdev_minor = MINOR(inode->rdev);
	st.stx_dev_major = MAJOR(inode->sb->dev);
	st.stx_dev_minor = MINOR(inode->sb->dev);
	st.stx_mnt_id = p->mount->id;
	return copy_to_user(to, &st, sizeof(st));
}

s64 sys_statx(int dirfd, vaddr_t name, u32 flags, u32 mask, vaddr_t to)
{
	struct path p;
	s64 err;

	if (mask & STATX__RESERVED)
		return -EINVAL;
	if (flags &
		~(u32)(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE))
		return -EINVAL;
	if ((flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;
	err = namei_lookup_user(dirfd, name, follow_flag((int)flags), &p);
	if (err)
		return err;
	err = put_statx(&p, to);
	path_put(&p);
	return err;
}

/* ---------------------------------------------------------------- statfs */
static s64 put_statfs(const struct path *p, vaddr_t to)
{
	struct super *sb = p->mount->sb;
	struct fs_stats s = {
		.magic = sb->magic, .block_size = sb->block_size, .name_max = NAME_LEN_MAX
	};
	struct statfs st = { 0 };
	s64 err = sb->ops->statfs ? sb->ops->statfs(sb, &s) : 0;

	if (err)
		return err;
	st.f_type = (s64)s.magic;
	st.f_bsize = st.f_frsize = (s64)s.block_size;
	st.f_blocks = (s64)s.blocks;
	st.f_bfree = (s64)s.blocks_free;
	st.f_bavail = (s64)s.blocks_available;
	st.f_files = (s64)s.files;
	st.f_ffree = (s64)s.files_free;
	st.f_fsid.val[0] = (int)dev_encode(sb->dev);
	st.f_namelen = (s64)s.name_max;
	/* The low MS_* bits have the values of statvfs's ST_*. */
	st.f_flags = STATFS_VALID |
		     (p->mount->flags & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)) |
		     (sb->read_only ? MS_RDONLY : 0) |
		     (p->mount->flags & MS_NOATIME ? 1024 : 4096 /* relatime */);
	return copy_to_user(to, &st, sizeof(st));
}

s64 sys_statfs(vaddr_t name, vaddr_t to)
{
	struct path p;
	s64 err = namei_lookup_user(AT_FDCWD, name, LOOKUP_FOLLOW, &p);

	if (err)
		return err;
	err = put_statfs(&p, to);
	path_put(&p);
	return err;
}

s64 sys_fstatfs(int fd, vaddr_t to)
{
	struct file *f = fd_get_any(fd);
	s64 err;

	if (!f)
		return -EBADF;
	err = put_statfs(&f->path, to);
	file_put(f);
	return err;
}

/* ---------------------------------------------------------------- access */
static s64 may_access(const struct cred *c, const struct path *p, int mode)
{
	const struct inode *inode = p->dentry->inode;

	if ((mode & MAY_EXEC) && S_ISREG(inode->mode) && (p->mount->flags & MS_NOEXEC))
		return -EACCES;
	return mode ? inode_permission_as(c, inode, p->mount, mode) : 0;
}

s64 sys_faccessat2(int dirfd, vaddr_t uname, int mode, int flags)
{
	struct cred c = *current_cred(); /* borrows the groups */
	struct path p;
	char *name;
	s64 err;

	if ((mode & ~7) || (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)))
		return -EINVAL;
	if (!(flags & AT_EACCESS)) { /* access(2): who really asks */
		c.fsuid = c.uid;
		c.fsgid = c.gid;
		if (!(c.securebits & SECBIT_NO_SETUID_FIXUP))
			c.effective = c.uid ? 0 : c.permitted;
	}
	name = namei_name_get(uname, flags & AT_EMPTY_PATH);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = namei_lookup_as(&c, dirfd, name, follow_flag(flags), &p);
	namei_name_put(name);
	if (err)
		return err;
	err = may_access(&c, &p, mode);
	path_put(&p);
	return err;
}

s64 sys_faccessat(int dirfd, vaddr_t name, int mode)
{
	return sys_faccessat2(dirfd, name, mode, 0);
}

s64 sys_access(vaddr_t name, int mode)
{
	return sys_faccessat2(AT_FDCWD, name, mode, 0);
}

/* ---------------------------------------------------------------- changing attributes */
static s64 change(const struct path *p, const struct attr_change *c)
{
	s64 err = mount_want_write(p->mount);

	if (err)
		return err;
	err = inode_change(p->dentry->inode, p->mount, c);
	mount_drop_write(p->mount);
	return err;
}

static s64 change_at(int dirfd, vaddr_t name, u32 how, const struct attr_change *c)
{
	struct path p;
	s64 err = namei_lookup_user(dirfd, name, how, &p);

	if (err)
		return err;
	err = change(&p, c);
	path_put(&p);
	return err;
}

static s64 change_fd(int fd, const struct attr_change *c)
{
	struct file *f = fd_get(fd);
	s64 err;

	if (!f)
		return -EBADF;
	err = change(&f->path, c);
	file_put(f);
	return err;
}

s64 sys_fchmodat(int dirfd, vaddr_t name, u32 mode)
{
	const struct attr_change c = { .valid = ATTR_MODE, .mode = mode };

	return change_at(dirfd, name, LOOKUP_FOLLOW, &c);
}

s64 sys_chmod(vaddr_t name, u32 mode)
{
	return sys_fchmodat(AT_FDCWD, name, mode);
}

s64 sys_fchmod(int fd, u32 mode)
{
	const struct attr_change c = { .valid = ATTR_MODE, .mode = mode };

	return change_fd(fd, &c);
}

static struct attr_change owner_change(uid_t uid, gid_t gid)
{
	return (struct attr_change){ .valid = ATTR_CHOWN | (uid != ~0u ? ATTR_UID : 0) |
					      (gid != ~0u ? ATTR_GID : 0),
		.uid = uid,
		.gid = gid };
}

s64 sys_fchownat(int dirfd, vaddr_t name, uid_t uid, gid_t gid, int flags)
{
	const struct attr_change c = owner_change(uid, gid);

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return change_at(dirfd, name, follow_flag(flags), &c);
}

s64 sys_chown(vaddr_t name, uid_t uid, gid_t gid)
{
	return sys_fchownat(AT_FDCWD, name, uid, gid, 0);
}

s64 sys_lchown(vaddr_t name, uid_t uid, gid_t gid)
{
	return sys_fchownat(AT_FDCWD, name, uid, gid, AT_SYMLINK_NOFOLLOW);
}

s64 sys_fchown(int fd, uid_t uid, gid_t gid)
{
	const struct attr_change c = owner_change(uid, gid);

	return change_fd(fd, &c);
}

/* ---------------------------------------------------------------- times */
/* One of the two times of utimensat(2). False: out of range. */
static bool take_time(
	const struct __kernel_timespec *t, struct timespec64 *to, u32 attr, u32 *valid)
{
	if (t->tv_nsec == TIME_IS_OMIT)
		return true;
	*valid |= attr;
	if (t->tv_nsec == TIME_IS_NOW) {
		*to = inode_now();
		return true;
	}
	*to = (struct timespec64){ .sec = t->tv_sec, .nsec = t->tv_nsec };
	return t->tv_nsec >= 0 && t->tv_nsec < (s64)NSEC_PER_SEC;
}

/* times NULL: both now, for which write permission suffices. -EINVAL. c->valid 0: nothing to do. */
static s64 times_change(const struct __kernel_timespec times[2], struct attr_change *c)
{
	*c = (struct attr_change){ .valid = ATTR_ATIME | ATTR_MTIME | ATTR_NOW };
	if (!times || (times[0].tv_nsec == TIME_IS_NOW && times[1].tv_nsec == TIME_IS_NOW))
		return 0;
	c->valid = 0;
	if (take_time(&times[0], &c->atime, ATTR_ATIME, &c->valid) &&
		take_time(&times[1], &c->mtime, ATTR_MTIME, &c->valid))
		return 0;
	return -EINVAL;
}

static s64 change_times(int dirfd, vaddr_t name, const struct __kernel_timespec times[2], int flags)
{
	struct attr_change c;
	s64 err = times_change(times, &c);

	if (err || !c.valid)
		return err;
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!name && dirfd != AT_FDCWD) /* futimens(3) */
		return flags ? -EINVAL : change_fd(dirfd, &c);
	return change_at(dirfd, name, follow_flag(flags), &c);
}

s64 sys_utimensat(int dirfd, vaddr_t name, vaddr_t utimes, int flags)
{
	struct __kernel_timespec times[2];

	if (utimes && copy_from_user(times, utimes, sizeof(times)))
		return -EFAULT;
	return change_times(dirfd, name, utimes ? times : NULL, flags);
}

s64 sys_futimesat(int dirfd, vaddr_t name, vaddr_t utimes)
{
	struct __kernel_old_timeval tv[2];
	struct __kernel_timespec times[2];

	if (!utimes)
		return change_times(dirfd, name, NULL, 0);
	if (copy_from_user(tv, utimes, sizeof(tv)))
		return -EFAULT;
	for (u32 i = 0; i < 2; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
			return -EINVAL;
		times[i].tv_sec = tv[i].tv_sec;
		times[i].tv_nsec = tv[i].tv_usec * 1000;
	}
	return change_times(dirfd, name, times, 0);
}

s64 sys_utimes(vaddr_t name, vaddr_t utimes)
{
	return sys_futimesat(AT_FDCWD, name, utimes);
}

s64 sys_utime(vaddr_t name, vaddr_t utimes)
{
	struct __kernel_timespec times[2] = { { 0 }, { 0 } };
	struct utimbuf t;

	if (!utimes)
		return change_times(AT_FDCWD, name, NULL, 0);
	if (copy_from_user(&t, utimes, sizeof(t)))
		return -EFAULT;
	times[0].tv_sec = t.actime;
	times[1].tv_sec = t.modtime;
	return change_times(AT_FDCWD, name, times, 0);
}

/* ---------------------------------------------------------------- truncate */
static s64 truncate_path(const struct path *p, u64 size)
{
	const struct attr_change c = { .valid = ATTR_SIZE, .size = size };
	struct inode *inode = p->dentry->inode;
	s64 err;

	if (S_ISDIR(inode->mode))
		return -EISDIR;
	if (!S_ISREG(inode->mode))
		return -EINVAL;
	err = inode_permission(inode, p->mount, MAY_WRITE);
	if (!err)
		err = inode_get_write(inode);
	if (err)
		return err;
	err = change(p, &c);
	inode_put_write(inode);
	return err;
}

s64 sys_truncate(vaddr_t name, loff_t size)
{
	struct path p;
	s64 err;

	if (size < 0)
		return -EINVAL;
	err = namei_lookup_user(AT_FDCWD, name, LOOKUP_FOLLOW, &p);
	if (err)
		return err;
	err = truncate_path(&p, (u64)size);
	path_put(&p);
	return err;
}

// SPDX-License-Identifier: MIT
/*
 * Extended attributes (xattr(7)): no filesystem here has them, and these calls say so as Linux does
 * of such a filesystem: a list of none, and EOPNOTSUPP for the rest, after the checks that come
 * before the filesystem is asked.
 */
#include <linux/fcntl.h>
#include <linux/limits.h>
#include <linux/xattr.h>

#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "lib/string.h"
#include "syscall/syscall.h"

/* What a call works on: by path or by descriptor. 0 with references to the path, or -errno. */
static s64 by_path(vaddr_t name, bool follow, struct path *p)
{
	return namei_lookup_user(AT_FDCWD, name, follow ? LOOKUP_FOLLOW : 0, p);
}

static s64 by_fd(int fd, struct path *p)
{
	struct file *f = fd_get(fd);

	if (!f)
		return -EBADF;
	if (f->mode & FILE_PATH) {
		file_put(f);
		return -EBADF;
	}
	*p = f->path;
	path_get(p);
	file_put(f);
	return 0;
}

static bool has_prefix(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* xattr(7): who may look at or change an attribute of this class. */
static s64 check_rights(const struct path *p, const char *name, int mask)
{
	const struct inode *inode = p->dentry->inode;
	s64 refused = mask == MAY_WRITE ? -EPERM : -ENODATA;

	if (has_prefix(name, XATTR_SECURITY_PREFIX) || has_prefix(name, XATTR_SYSTEM_PREFIX))
		return 0;
	if (has_prefix(name, XATTR_TRUSTED_PREFIX))
		return current_can(CAP_SYS_ADMIN) ? 0 : refused;
	if (has_prefix(name, XATTR_USER_PREFIX)) {
		if (!S_ISREG(inode->mode) && !S_ISDIR(inode->mode))
			return refused;
		if (S_ISDIR(inode->mode) && (inode->mode & S_ISVTX) && mask == MAY_WRITE &&
			!inode_is_owned(inode))
			return -EPERM;
	}
	return inode_permission(inode, p->mount, mask);
}

/* One attribute: its name is checked, and it is not there. */
static s64 access_one(const struct path *p, vaddr_t uname, int mask)
{
	char name[XATTR_NAME_MAX + 1];
	ssize_t len = strncpy_from_user(name, uname, sizeof(name));
	s64 err;

	if (len < 0)
		return len == -ENAMETOOLONG ? -ERANGE : len;
	if (len == 0 || len == sizeof(name))
		return -ERANGE;
	err = check_rights(p, name, mask);
	return err ? err : -EOPNOTSUPP;
}

static s64 change_one(const struct path *p, vaddr_t uname)
{
	s64 err = mount_want_write(p->mount);

	if (err)
		return err;
	err = access_one(p, uname, MAY_WRITE);
	mount_drop_write(p->mount);
	return err;
}

/* ------------------------------------------------------------- getxattr, listxattr, removexattr */
static s64 get_and_put(s64 err, const struct path *p, vaddr_t name)
{
	if (err)
		return err;
	err = access_one(p, name, MAY_READ);
	path_put(p);
	return err;
}

static s64 list_and_put(s64 err, const struct path *p)
{
	if (!err)
		path_put(p);
	return err;
}

static s64 remove_and_put(s64 err, const struct path *p, vaddr_t name)
{
	if (err)
		return err;
	err = change_one(p, name);
	path_put(p);
	return err;
}

s64 sys_getxattr(vaddr_t path, vaddr_t name)
{
	struct path p;

	return get_and_put(by_path(path, true, &p), &p, name);
}

s64 sys_lgetxattr(vaddr_t path, vaddr_t name)
{
	struct path p;

	return get_and_put(by_path(path, false, &p), &p, name);
}

s64 sys_fgetxattr(int fd, vaddr_t name)
{
	struct path p;

	return get_and_put(by_fd(fd, &p), &p, name);
}

s64 sys_listxattr(vaddr_t path)
{
	struct path p;

	return list_and_put(by_path(path, true, &p), &p);
}

s64 sys_llistxattr(vaddr_t path)
{
	struct path p;

	return list_and_put(by_path(path, false, &p), &p);
}

s64 sys_flistxattr(int fd)
{
	struct path p;

	return list_and_put(by_fd(fd, &p), &p);
}

s64 sys_removexattr(vaddr_t path, vaddr_t name)
{
	struct path p;

	return remove_and_put(by_path(path, true, &p), &p, name);
}

s64 sys_lremovexattr(vaddr_t path, vaddr_t name)
{
	struct path p;

	return remove_and_put(by_path(path, false, &p), &p, name);
}

s64 sys_fremovexattr(int fd, vaddr_t name)
{
	struct path p;

	return remove_and_put(by_fd(fd, &p), &p, name);
}

/* ---------------------------------------------------------------- setxattr */
/* The value would be copied before the filesystem is asked. */
static s64 check_value(vaddr_t value, u64 size)
{
	char piece[256];

	if (size > XATTR_SIZE_MAX)
		return -E2BIG;
	for (u64 at = 0; at < size; at += sizeof(piece))
		if (copy_from_user(piece, value + at, min(size - at, (u64)sizeof(piece))))
			return -EFAULT;
	return 0;
}

static s64 set_and_put(
	s64 err, const struct path *p, vaddr_t name, vaddr_t value, u64 size, u32 flags)
{
	if (err)
		return err;
	if (flags & ~(u32)(XATTR_CREATE | XATTR_REPLACE))
		err = -EINVAL;
	if (!err)
		err = check_value(value, size);
	if (!err)
		err = change_one(p, name);
	path_put(p);
	return err;
}

s64 sys_setxattr(vaddr_t path, vaddr_t name, vaddr_t value, u64 size, u32 flags)
{
	struct path p;

	return set_and_put(by_path(path, true, &p), &p, name, value, size, flags);
}

s64 sys_lsetxattr(vaddr_t path, vaddr_t name, vaddr_t value, u64 size, u32 flags)
{
	struct path p;

	return set_and_put(by_path(path, false, &p), &p, name, value, size, flags);
}

s64 sys_fsetxattr(int fd, vaddr_t name, vaddr_t value, u64 size, u32 flags)
{
	struct path p;

	return set_and_put(by_fd(fd, &p), &p, name, value, size, flags);
}

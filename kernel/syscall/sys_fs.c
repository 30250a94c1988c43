/* SPDX-License-Identifier: MIT */
/* Names and filesystems: open, directories, links, rename, mount. Attributes are in sys_stat.c.
 * Everything here is checking and copying. */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mount.h>

#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "syscall/syscall.h"

/* ---------------------------------------------------------------- open */
/* O_TMPFILE: no filesystem here makes files without a name; other mistakes are told first, as on
 * Linux. */
static int open_tmpfile(int dirfd, const char *name, u32 flags)
{
	struct path dir;
	int err;

	if ((flags & (O_TMPFILE | O_CREAT)) != O_TMPFILE || (flags & O_ACCMODE) == O_RDONLY)
		return -EINVAL;
	err = namei_lookup(dirfd, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &dir);
	if (err)
		return err;
	err = inode_permission(dir.dentry->inode, dir.mount, MAY_WRITE | MAY_EXEC);
	path_put(&dir);
	return err ? err : -EOPNOTSUPP;
}

s64 sys_openat(int dirfd, vaddr_t uname, u32 flags, u32 mode)
{
	struct file *f;
	char *name;
	int fd, err;

	name = namei_name_get(uname, false);
	if (IS_ERR(name))
		return PTR_ERR(name);
	if ((flags & __O_TMPFILE) && !(flags & O_PATH)) {
		err = open_tmpfile(dirfd, name, flags);
		namei_name_put(name);
		return err;
	}
	fd = fd_reserve(0, flags & O_CLOEXEC);
	if (fd >= 0) {
		err = namei_open(
			dirfd, name, flags & O_PATH ? flags : flags | O_LARGEFILE, mode, &f);
		if (err) {
			fd_release(fd);
			fd = err;
		} else {
			fd_install(fd, f);
		}
	}
	namei_name_put(name);
	return fd;
}

s64 sys_open(vaddr_t name, u32 flags, u32 mode)
{
	return sys_openat(AT_FDCWD, name, flags, mode);
}

s64 sys_creat(vaddr_t name, u32 mode)
{
	return sys_openat(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* ---------------------------------------------------------------- making and removing names */
s64 sys_mkdirat(int dirfd, vaddr_t uname, u32 mode)
{
	char *name = namei_name_get(uname, false);
	s64 err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = namei_mkdir(dirfd, name, mode);
	namei_name_put(name);
	return err;
}

s64 sys_mkdir(vaddr_t name, u32 mode)
{
	return sys_mkdirat(AT_FDCWD, name, mode);
}

s64 sys_mknodat(int dirfd, vaddr_t uname, u32 mode, u32 dev)
{
	char *name = namei_name_get(uname, false);
	s64 err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = namei_mknod(dirfd, name, mode & 0xffff, dev_decode(dev));
	namei_name_put(name);
	return err;
}

s64 sys_mknod(vaddr_t name, u32 mode, u32 dev)
{
	return sys_mknodat(AT_FDCWD, name, mode, dev);
}

s64 sys_unlinkat(int dirfd, vaddr_t uname, int flags)
{
	char *name;
	s64 err;

	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	name = namei_name_get(uname, false);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = flags & AT_REMOVEDIR ? namei_rmdir(dirfd, name) : namei_unlink(dirfd, name);
	namei_name_put(name);
	return err;
}

s64 sys_unlink(vaddr_t name)
{
	return sys_unlinkat(AT_FDCWD, name, 0);
}

s64 sys_rmdir(vaddr_t name)
{
	return sys_unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

static void put_name(char *name)
{
	if (name && !IS_ERR(name))
		namei_name_put(name);
}

s64 sys_symlinkat(vaddr_t utarget, int dirfd, vaddr_t uname)
{
	char *target = namei_name_get(utarget, false), *name;
	s64 err;

	if (IS_ERR(target))
		return PTR_ERR(target);
	name = namei_name_get(uname, false);
	err = IS_ERR(name) ? PTR_ERR(name) : namei_symlink(target, dirfd, name);
	put_name(target);
	put_name(name);
	return err;
}

s64 sys_symlink(vaddr_t target, vaddr_t name)
{
	return sys_symlinkat(target, AT_FDCWD, name);
}

s64 sys_linkat(int old_dirfd, vaddr_t uold, int new_dirfd, vaddr_t unew, int flags)
{
	char *old, *new;
	s64 err;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if ((flags & AT_EMPTY_PATH) && !current_can(CAP_DAC_READ_SEARCH))
		return -ENOENT;
	old = namei_name_get(uold, flags & AT_EMPTY_PATH);
	if (IS_ERR(old))
		return PTR_ERR(old);
	new = namei_name_get(unew, false);
	err = namei_link(old_dirfd, old, new_dirfd, new, flags);
	put_name(old);
	put_name(new);
	return err;
}

s64 sys_link(vaddr_t old, vaddr_t new)
{
	return sys_linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

s64 sys_renameat2(int old_dirfd, vaddr_t uold, int new_dirfd, vaddr_t unew, u32 flags)
{
	char *old = namei_name_get(uold, false), *new = namei_name_get(unew, false);
	s64 err;

	err = namei_rename(old_dirfd, old, new_dirfd, new, flags);
	put_name(old);
	put_name(new);
	return err;
}

s64 sys_renameat(int old_dirfd, vaddr_t old, int new_dirfd, vaddr_t new)
{
	return sys_renameat2(old_dirfd, old, new_dirfd, new, 0);
}

s64 sys_rename(vaddr_t old, vaddr_t new)
{
	return sys_renameat2(AT_FDCWD, old, AT_FDCWD, new, 0);
}

/* ---------------------------------------------------------------- readlink */
static s64 read_link(const struct path *p, vaddr_t ubuf, size_t size)
{
	struct inode *inode = p->dentry->inode;
	char *text;
	s64 n;

	if (!S_ISLNK(inode->mode) || !inode->ops || !inode->ops->readlink)
		return -EINVAL;
	text = kmalloc(PATH_LEN_MAX);
	if (!text)
		return -ENOMEM;
	inode_touch_accessed(inode, p->mount);
	n = inode->ops->readlink(inode, text, PATH_LEN_MAX);
	if (n > 0) {
		n = min(n, (s64)size);
		if (copy_to_user(ubuf, text, (size_t)n))
			n = -EFAULT;
	}
	kfree(text);
	return n;
}

static bool is_empty(vaddr_t name)
{
	char c = 1;

	return !copy_from_user(&c, name, 1) && !c;
}

s64 sys_readlinkat(int dirfd, vaddr_t name, vaddr_t ubuf, int size)
{
	struct path p;
	s64 n;

	if (size <= 0)
		return -EINVAL;
	n = namei_lookup_user(dirfd, name, LOOKUP_EMPTY, &p);
	if (n)
		return n;
	n = read_link(&p, ubuf, (size_t)size);
	path_put(&p);
	return n == -EINVAL && is_empty(name) ? -ENOENT : n;
}

s64 sys_readlink(vaddr_t name, vaddr_t ubuf, int size)
{
	return sys_readlinkat(AT_FDCWD, name, ubuf, size);
}

/* ---------------------------------------------------------------- getdents */
struct linux_dirent64 {
	u64 d_ino;
	s64 d_off;
	u16 d_reclen;
	u8 d_type;
	char d_name[];
} __packed;

struct linux_dirent { /* the old one: the type is the record's last byte */
	u64 d_ino;
	s64 d_off;
	u16 d_reclen;
	char d_name[];
} __packed;

struct getdents {
	struct dir_context ctx;
	vaddr_t to;
	size_t room, done;
	bool old;
	int error; /* of the entry that did not go in */
};

static u16 fill_dirent(const struct getdents *g, void *record, const char *name, u32 len, ino_t ino,
	u32 type, loff_t next)
{
	struct linux_dirent64 *d = record;
	struct linux_dirent *o = record;
	u16 size;

	d->d_ino = ino;
	d->d_off = next;
	if (g->old) {
		size = (u16)ALIGN_UP(sizeof(*o) + len + 2, 8);
		memset(o->d_name, 0, size - sizeof(*o));
		memcpy(o->d_name, name, len);
		((u8 *)record)[size - 1] = (u8)type;
	} else {
		size = (u16)ALIGN_UP(sizeof(*d) + len + 1, 8);
		d->d_type = (u8)type;
		memset(d->d_name, 0, size - sizeof(*d));
		memcpy(d->d_name, name, len);
	}
	d->d_reclen = size;
	return size;
}

static bool emit_dirent(
	struct dir_context *ctx, const char *name, u32 len, ino_t ino, u32 type, loff_t next)
{
	struct getdents *g = container_of(ctx, struct getdents, ctx);
	u64 record[(sizeof(struct linux_dirent64) + NAME_LEN_MAX + 16) / 8];
	u16 size;

	if (len > NAME_LEN_MAX || memchr(name, '/', len) || !len) {
		g->error = -EIO; /* a damaged directory */
		return false;
	}
	size = fill_dirent(g, record, name, len, ino, type, next);
	if (size > g->room - g->done) {
		g->error = -EINVAL;
		return false;
	}
	if (copy_to_user(g->to + g->done, record, size)) {
		g->error = -EFAULT;
		return false;
	}
	g->done += size;
	return true;
}

static s64 getdents(int fd, vaddr_t to, u32 room, bool old)
{
	struct getdents g = { .ctx.emit = emit_dirent, .to = to, .room = room, .old = old };
	struct file *f = fd_get(fd);
	s64 err;

	if (!f)
		return -EBADF;
	err = file_readdir(f, &g.ctx);
	file_put(f);
	if (g.done)
		return (s64)g.done;
	return err ? err : g.error;
}

s64 sys_getdents64(int fd, vaddr_t to, u32 room)
{
	return getdents(fd, to, room, false);
}

s64 sys_getdents(int fd, vaddr_t to, u32 room)
{
	return getdents(fd, to, room, true);
}

/* ---------------------------------------------------------------- where the process is */
static s64 enter(const struct path *p, void (*set)(const struct path *p))
{
	s64 err = inode_permission(p->dentry->inode, p->mount, MAY_EXEC);

	if (!err)
		set(p);
	return err;
}

s64 sys_chdir(vaddr_t name)
{
	struct path p;
	s64 err = namei_lookup_user(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &p);

	if (err)
		return err;
	err = enter(&p, fs_context_set_cwd);
	path_put(&p);
	return err;
}

s64 sys_fchdir(int fd)
{
	struct file *f = fd_get_any(fd);
	s64 err = -ENOTDIR;

	if (!f)
		return -EBADF;
	if (S_ISDIR(f->inode->mode))
		err = enter(&f->path, fs_context_set_cwd);
	file_put(f);
	return err;
}

s64 sys_chroot(vaddr_t name)
{
	struct path p;
	s64 err = namei_lookup_user(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &p);

	if (err)
		return err;
	err = inode_permission(p.dentry->inode, p.mount, MAY_EXEC);
	if (!err && !current_can(CAP_SYS_CHROOT))
		err = -EPERM;
	if (!err)
		fs_context_set_root(&p);
	path_put(&p);
	return err;
}

s64 sys_getcwd(vaddr_t ubuf, size_t size)
{
	char *buf = kmalloc(PATH_LEN_MAX), *text;
	struct path cwd, root;
	s64 n = -ENOENT;

	if (!buf)
		return -ENOMEM;
	fs_context_get_cwd(&cwd);
	fs_context_get_root(&root);
	if (!cwd.dentry->unhashed) {
		text = path_format(&cwd, &root, buf, PATH_LEN_MAX);
		n = IS_ERR(text) ? PTR_ERR(text) : (s64)strlen(text) + 1;
		if (n > (s64)size)
			n = -ERANGE;
		else if (n > 0 && copy_to_user(ubuf, text, (size_t)n))
			n = -EFAULT;
	}
	path_put(&root);
	path_put(&cwd);
	kfree(buf);
	return n;
}

s64 sys_umask(u32 mask)
{
	struct fs_context *fs = current_fs();
	umode_t old = fs->umask;

	fs->umask = mask & 0777;
	return old;
}

/* ---------------------------------------------------------------- mount */
/* The user's string in a buffer of namei_name_get's pool; NULL if the address is 0. */
static char *optional_string(vaddr_t from)
{
	return from ? namei_name_get(from, true) : NULL;
}

static s64 mount_from(const char *source, const struct path *at, u32 flags)
{
	struct path from;
	s64 err;

	if (!source || !*source)
		return -EINVAL;
	err = namei_lookup(AT_FDCWD, source, LOOKUP_FOLLOW, &from);
	if (err)
		return err;
	err = flags & MS_MOVE ? mount_move(&from, at) : mount_bind(&from, at);
	path_put(&from);
	return err;
}

static s64 do_mount(
	const char *source, const struct path *at, const char *type, u32 flags, const char *data)
{
	if (flags & MS_REMOUNT)
		return mount_remount(at, flags, data);
	if (flags & (MS_BIND | MS_MOVE))
		return mount_from(source, at, flags);
	if (flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE))
		return 0; /* there is one mount namespace, in which nothing is propagated */
	if (!type || !*type)
		return -EINVAL;
	return mount_at(type, source, at, flags, data);
}

s64 sys_mount(vaddr_t usource, vaddr_t utarget, vaddr_t utype, u64 flags, vaddr_t udata)
{
	char *source, *type, *data;
	struct path at;
	s64 err;

	if (!current_can(CAP_SYS_ADMIN))
		return -EPERM;
	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~(u64)MS_MGC_MSK;
	source = optional_string(usource);
	type = optional_string(utype);
	data = optional_string(udata);
	if (IS_ERR(source) || IS_ERR(type) || IS_ERR(data)) {
		err = IS_ERR(source) ? PTR_ERR(source)
		      : IS_ERR(type) ? PTR_ERR(type)
				     : PTR_ERR(data);
	} else {
		err = namei_lookup_user(AT_FDCWD, utarget, LOOKUP_FOLLOW, &at);
		if (!err) {
			err = do_mount(source, &at, type, (u32)flags, data);
			path_put(&at);
		}
	}
	put_name(source);
	put_name(type);
	put_name(data);
	return err;
}

s64 sys_umount2(vaddr_t name, u32 flags)
{
	struct path at;
	s64 err;

	if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW))
		return -EINVAL;
	if (!current_can(CAP_SYS_ADMIN))
		return -EPERM;
	err = namei_lookup_user(AT_FDCWD, name, flags & UMOUNT_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &at);
	if (err)
		return err;
	err = flags & MNT_EXPIRE ? -EINVAL : mount_unmount(&at, flags);
	path_put(&at);
	return err;
}

s64 sys_sync(void)
{
	fs_sync_all();
	return 0;
}

s64 sys_syncfs(int fd)
{
	struct file *f = fd_get(fd);
	s64 err;

	if (!f)
		return -EBADF;
	err = fs_sync_super(f->inode->sb);
	file_put(f);
	return err;
}

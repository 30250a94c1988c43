/* SPDX-License-Identifier: MIT */
/*
 * Walking paths (path_resolution(7)).
 *
 * A walk goes along names in the dentry cache under ONE hold of dcache_lock, without references;
 * only what must sleep (a name that is not cached, the text of a symbolic link) pauses it:
 * references are taken, the lock dropped, and the walk resumed.
 *
 *	walk_start() -> walk_to_last() -> walk_last()             a path
 *	                      |  ^            |
 *	                      |  '-- a link --'  its text is walked, then what was left of the old text (saved[])
 *	                      '-> walk_pause(): held = the parent directory, last = the name in it: for create, unlink, rename ...
 *
 * What changes directories is in namei_change.c. Permission is asked for at every directory on the
 * way, of walk->cred.
 */
#include "fs/namei.h"

#include <linux/fcntl.h>
#include <linux/mount.h>

#include "debug/assert.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/namei_walk.h"
#include "fs/seal.h"
#include "lib/hash.h"
#include "lib/string.h"
#include "mm/slab.h"

static struct slab_cache *name_cache;

static char *name_alloc(void)
{
	return slab_alloc(name_cache, 0);
}

char *namei_name_get(vaddr_t name, bool empty_ok)
{
	char *buf = name_alloc();
	ssize_t n;

	if (!buf)
		return ERR_PTR(-ENOMEM);
	n = strncpy_from_user(buf, name, PATH_LEN_MAX);
	if (n > 0 || (n == 0 && empty_ok))
		return buf;
	namei_name_put(buf);
	return ERR_PTR(n ? n : -ENOENT);
}

void namei_name_put(char *name)
{
	slab_free(name_cache, name);
}

/* ---------------------------------------------------------------- lock and references */
static void walk_lock(struct walk *w)
{
	spin_lock(&dcache_lock);
	w->locked = true;
}

void walk_pause(struct walk *w)
{
	struct path old = w->held;
	bool moved = !path_equal(&old, &w->path);

	if (moved)
		path_get(&w->path);
	if (!w->root_held)
		path_get(&w->root);
	w->root_held = true;
	w->held = w->path;
	w->locked = false;
	spin_unlock(&dcache_lock);
	if (moved && old.mount)
		path_put(&old);
}

void walk_end(struct walk *w)
{
	if (w->locked)
		spin_unlock(&dcache_lock);
	w->locked = false;
	if (w->held.mount)
		path_put(&w->held);
	if (w->root_held)
		path_put(&w->root);
	if (w->text)
		namei_name_put(w->text);
	while (w->depth)
		if (w->saved[--w->depth].text)
			namei_name_put(w->saved[w->depth].text);
}

/* Ends the walk with its place in *out, referenced. */
static void walk_finish(struct walk *w, struct path *out)
{
	if (!w->locked)
		walk_lock(w);
	*out = w->path;
	path_get(out);
	walk_end(w);
}

static int start_at_fd(struct walk *w, int dirfd, bool any)
{
	struct file *f = fd_get_any(dirfd);

	if (!f)
		return -EBADF;
	if (!f->path.dentry || (!any && !S_ISDIR(f->inode->mode))) {
		file_put(f);
		return -ENOTDIR;
	}
	w->held = f->path;
	path_get(&w->held);
	file_put(f);
	return 0;
}

int walk_start(struct walk *w, const struct cred *cred, int dirfd, const char *name, u32 flags)
{
	struct fs_context *fs = current_fs();
	bool shared = atomic_read(&fs->refs) > 1;
	int err;

	w->cred = cred;
	w->s = name;
	w->text = NULL;
	w->held = (struct path){ NULL, NULL };
	w->depth = w->nr_links = 0;
	w->locked = w->root_held = w->must_dir = false;
	if (!*name && !(flags & LOOKUP_EMPTY))
		return -ENOENT;
	if (*name != '/' && dirfd != AT_FDCWD) {
		err = start_at_fd(w, dirfd, !*name);
		if (err)
			return err;
	}
	if (shared)
		spin_lock(&fs->lock);
	walk_lock(w);
	w->root = fs->root;
	w->path = *name == '/' ? fs->root : dirfd == AT_FDCWD ? fs->cwd : w->held;
	if (shared)
		spin_unlock(&fs->lock);
	return w->path.mount ? 0 : -ENOENT;
}

/* ---------------------------------------------------------------- steps */
static int check_search(struct walk *w)
{
	const struct inode *dir = w->path.dentry->inode;

	if (!S_ISDIR(dir->mode))
		return -ENOTDIR;
	return inode_permission_as(w->cred, dir, w->path.mount, MAY_EXEC);
}

static void step_up(struct walk *w)
{
	while (!path_equal(&w->path, &w->root)) {
		if (w->path.dentry != w->path.mount->root) {
			w->path.dentry = w->path.dentry->parent;
			break;
		}
		if (!w->path.mount->parent)
			break;
		w->path.dentry = w->path.mount->mountpoint;
		w->path.mount = w->path.mount->parent;
	}
	mount_follow_down_locked(&w->path);
}

/* The name is not cached: asks the filesystem. *child: kept alive by the walk's reference on it. */
static int step_slow(struct walk *w, struct dentry **child)
{
	struct dentry *d, *parent;

	walk_pause(w);
	parent = w->held.dentry;
	d = dentry_lookup(parent, w->last, w->last_len, false);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	*child = d;
	return 0;
}

/* The link's text becomes what is walked next; what was left is saved. */
static int push_text(struct walk *w, char *text)
{
	if (!*text) {
		namei_name_put(text);
		return -ENOENT;
	}
	if (*w->s) {
		w->saved[w->depth].text = w->text;
		w->saved[w->depth].rest = w->s;
		w->depth++;
	} else if (w->text) {
		namei_name_put(w->text);
	}
	w->text = text;
	w->s = text;
	return 0;
}

static int read_link_text(struct walk *w, struct inode *inode)
{
	char *text = name_alloc();
	ssize_t n;
	int err;

	if (!text)
		return -ENOMEM;
	n = inode->ops && inode->ops->readlink ? inode->ops->readlink(inode, text, PATH_LEN_MAX)
					       : -EINVAL;
	if (n < 0) {
		namei_name_put(text);
		return (int)n;
	}
	err = push_text(w, text);
	return err ? err : WALK_LINK;
}

/* Follows the link (a reference, which is put here, before the walk takes its lock again: it may be
 * the last one); the walk stands paused on the directory that it is in. */
static int follow_link(struct walk *w, struct dentry *link)
{
	struct inode *inode = link->inode;
	struct path target;
	int err = -ELOOP;

	if (++w->nr_links <= WALK_MAX_LINKS) {
		inode_touch_accessed(inode, w->held.mount);
		if (inode->ops && inode->ops->follow)
			err = inode->ops->follow(inode, &target);
		else
			err = read_link_text(w, inode);
	}
	dentry_put(link);
	if (err < 0)
		return err;
	if (err != WALK_LINK) {
		path_put(&w->held);
		w->held = w->path = target;
	}
	walk_lock(w);
	if (err == WALK_LINK && *w->s == '/')
		w->path = w->root;
	return err;
}

static bool is_link(const struct dentry *d)
{
	return d->inode && S_ISLNK(d->inode->mode);
}

/* From the directory that the paused walk stands on to d, whose reference is taken over. */
static int step_paused(struct walk *w, struct dentry *d, bool follow)
{
	struct dentry *old = w->held.dentry;

	if (!d->inode) {
		dentry_put(d);
		return -ENOENT;
	}
	inode_refresh(d->inode);
	if (follow && is_link(d))
		return follow_link(w, d);
	w->held.dentry = d; /* the mount's reference stays */
	w->path = w->held;
	dentry_put(old);
	walk_lock(w);
	mount_follow_down_locked(&w->path);
	return 0;
}

int walk_step(struct walk *w, bool follow)
{
	struct dentry *d;
	int err;

	d = dentry_find_locked(w->path.dentry, w->last, w->last_len, w->last_hash);
	if (unlikely(!d)) {
		err = step_slow(w, &d);
		return err ? err : step_paused(w, d, follow);
	}
	if (!d->inode)
		return -ENOENT;
	if (unlikely((follow && is_link(d)) || inode_needs_refresh(d->inode))) {
		dentry_get(d);
		walk_pause(w);
		return step_paused(w, d, follow);
	}
	w->path.dentry = d;
	mount_follow_down_locked(&w->path);
	return 0;
}

/* Cuts the next component off w->s. False: none is left. */
static bool next_component(struct walk *w)
{
	const char *s = w->s;
	u32 h = 2166136261u; /* dentry_hash_name(), in the same pass that looks for the end */

	for (;;) {
		while (*s == '/')
			s++;
		if (*s || !w->depth)
			break;
		if (w->text)
			namei_name_put(w->text);
		w->depth--;
		w->text = w->saved[w->depth].text;
		s = w->saved[w->depth].rest;
	}
	w->last = s;
	for (; *s && *s != '/'; s++)
		h = (h ^ (u8)*s) * 16777619u;
	w->last_len = (u32)(s - w->last);
	w->last_hash = h;
	w->last_type = WALK_NAME;
	if (w->last[0] == '.' && w->last_len == 1)
		w->last_type = WALK_DOT;
	else if (w->last[0] == '.' && w->last_len == 2 && w->last[1] == '.')
		w->last_type = WALK_DOTDOT;
	else if (!w->last_len)
		w->last_type = WALK_ROOT;
	w->slash_behind = *s == '/';
	while (*s == '/')
		s++;
	w->s = s;
	return w->last_len != 0;
}

int walk_to_last(struct walk *w)
{
	int err;

	for (;;) {
		if (!next_component(w))
			return 0;
		err = check_search(w);
		if (err)
			return err;
		if (w->last_len > NAME_LEN_MAX)
			return -ENAMETOOLONG;
		if (!*w->s && !w->depth) {
			w->must_dir |= w->slash_behind;
			return 0;
		}
		if (w->last_type == WALK_DOTDOT)
			step_up(w);
		else if (w->last_type == WALK_NAME)
			err = walk_step(w, true);
		if (err < 0)
			return err;
	}
}

int walk_last(struct walk *w, bool follow)
{
	int err = 0;

	for (;;) {
		if (w->last_type == WALK_DOTDOT)
			step_up(w);
		else if (w->last_type == WALK_NAME)
			err = walk_step(w, follow || w->must_dir);
		if (err != WALK_LINK)
			break;
		err = walk_to_last(w);
		if (err)
			break;
	}
	if (!err && w->must_dir && !S_ISDIR(w->path.dentry->inode->mode))
		err = -ENOTDIR;
	return err;
}

int walk_parent(struct walk *w, int dirfd, const char *name)
{
	int err = walk_start(w, current_cred(), dirfd, name, 0);

	if (!err)
		err = walk_to_last(w);
	if (!err)
		walk_pause(w);
	else
		walk_end(w);
	return err;
}

/* ---------------------------------------------------------------- look-up */
int namei_lookup_as(
	const struct cred *cred, int dirfd, const char *name, u32 flags, struct path *out)
{
	struct walk w;
	int err = walk_start(&w, cred, dirfd, name, flags);

	if (!err && *name) {
		err = walk_to_last(&w);
		if (!err)
			err = walk_last(&w, flags & LOOKUP_FOLLOW);
	}
	if (!err && (flags & LOOKUP_DIRECTORY) && !S_ISDIR(w.path.dentry->inode->mode))
		err = -ENOTDIR;
	if (err)
		walk_end(&w);
	else
		walk_finish(&w, out);
	return err;
}

int namei_lookup(int dirfd, const char *name, u32 flags, struct path *out)
{
	return namei_lookup_as(current_cred(), dirfd, name, flags, out);
}

int namei_lookup_user(int dirfd, vaddr_t name, u32 flags, struct path *out)
{
	char *text = namei_name_get(name, flags & LOOKUP_EMPTY);
	int err;

	if (IS_ERR(text))
		return (int)PTR_ERR(text);
	err = namei_lookup(dirfd, text, flags, out);
	namei_name_put(text);
	return err;
}

/* ---------------------------------------------------------------- open */
/* What open(2) asks permission for. */
static int access_mask(u32 flags)
{
	static const u8 mask[4] = { MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE,
		MAY_READ | MAY_WRITE };

	return mask[flags & O_ACCMODE] | (flags & O_TRUNC ? MAY_WRITE : 0);
}

static int check_open(const struct path *p, u32 flags, bool created)
{
	const struct inode *inode = p->dentry->inode;
	int mask = access_mask(flags), err;

	if (S_ISLNK(inode->mode))
		return flags & O_PATH ? 0 : flags & O_DIRECTORY ? -ENOTDIR : -ELOOP;
	if ((flags & O_DIRECTORY) && !S_ISDIR(inode->mode))
		return -ENOTDIR;
	if (flags & O_PATH)
		return 0;
	if (S_ISDIR(inode->mode) && (mask & MAY_WRITE))
		return -EISDIR;
	if ((S_ISBLK(inode->mode) || S_ISCHR(inode->mode)) && (p->mount->flags & MS_NODEV))
		return -EACCES;
	if (created)
		return 0;
	err = inode_permission(inode, p->mount, mask);
	if (!err && (flags & O_NOATIME) && !inode_is_owned(inode))
		err = -EPERM;
	return err;
}

static int open_truncate(struct file *f)
{
	struct inode *inode = f->inode;
	int err;

	if (!(f->mode & FILE_WRITE)) { /* O_RDONLY | O_TRUNC does truncate */
		err = mount_want_write(f->path.mount);
		if (err)
			return err;
		err = inode_get_write(inode);
		if (err)
			goto out;
	}
	mutex_lock(&inode->lock);
	err = seal_check_size(inode, 0);
	if (!err)
		err = inode_set_size(inode, 0);
	if (!err)
		inode_drop_privileges(inode);
	mutex_unlock(&inode->lock);
	if (!(f->mode & FILE_WRITE))
		inode_put_write(inode);
out:
	if (!(f->mode & FILE_WRITE))
		mount_drop_write(f->path.mount);
	return err;
}

static int open_path(const struct path *p, u32 flags, bool created, struct file **out)
{
	struct file *f;
	int err = check_open(p, flags, created);

	if (err)
		return err;
	f = file_open_path(p, flags);
	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	if ((flags & O_TRUNC) && !created && S_ISREG(f->inode->mode) && !(flags & O_PATH)) {
		err = open_truncate(f);
		if (err) {
			file_put(f);
			return err;
		}
	}
	*out = f;
	return 0;
}

/* A file that is not there yet: d is its negative dentry, the directory is locked. */
static int open_create(const struct path *dir, struct dentry *d, umode_t mode)
{
	struct inode *parent = dir->dentry->inode, *inode;
	int err;

	if (!parent->ops->create)
		return -EACCES;
	err = mount_want_write(dir->mount);
	if (err)
		return err;
	err = inode_permission(parent, dir->mount, MAY_WRITE | MAY_EXEC);
	if (!err && (parent->flags & INODE_DEAD))
		err = -ENOENT;
	if (!err) {
		inode = parent->ops->create(parent, d->name, d->name_len,
			S_IFREG | (mode & 07777 & ~current_fs()->umask), 0);
		err = IS_ERR(inode) ? (int)PTR_ERR(inode) : 0;
	}
	if (!err)
		dentry_instantiate(d, inode);
	mount_drop_write(dir->mount);
	return err;
}

/* The name in the paused walk's directory, made if it is missing. A reference, or ERR_PTR. */
static struct dentry *find_or_create(struct walk *w, u32 flags, umode_t mode, bool *created)
{
	struct inode *dir = w->held.dentry->inode;
	struct dentry *d = dentry_find(w->held.dentry, w->last, w->last_len);
	int err = 0;

	*created = false;
	if (d && d->inode && !(flags & O_EXCL))
		return d;
	if (d)
		dentry_put(d);
	mutex_lock(&dir->lock);
	d = dentry_lookup(w->held.dentry, w->last, w->last_len, true);
	if (!IS_ERR(d) && !d->inode) {
		err = open_create(&w->held, d, mode);
		*created = !err;
	} else if (!IS_ERR(d) && (flags & O_EXCL)) {
		err = -EEXIST;
	}
	mutex_unlock(&dir->lock);
	if (!err)
		return d;
	dentry_put(d);
	return ERR_PTR(err);
}

/* Open with O_CREAT: like walk_last(), but the last name is made if it is missing. */
static int open_creating(struct walk *w, u32 flags, umode_t mode, struct file **out)
{
	struct dentry *d;
	struct path p;
	bool created;
	int err;

	for (;;) {
		if (w->last_type != WALK_NAME) /* ".", "..", "/": is there */
			return flags & O_EXCL ? -EEXIST : -EISDIR;
		if (w->must_dir)
			return -EISDIR;
		if (w->locked)
			walk_pause(w);
		d = find_or_create(w, flags, mode, &created);
		if (IS_ERR(d))
			return (int)PTR_ERR(d);
		inode_refresh(d->inode);
		if (!is_link(d) || (flags & O_NOFOLLOW))
			break;
		err = follow_link(w, d);
		if (!err) { /* a jump: there it is */
			walk_pause(w);
			return open_path(&w->held, flags, false, out);
		}
		if (err == WALK_LINK)
			err = walk_to_last(w);
		if (err)
			return err;
	}
	p = (struct path){ w->held.mount, d };
	mount_get(p.mount);
	mount_follow_down(&p);
	err = S_ISDIR(p.dentry->inode->mode) ? -EISDIR : open_path(&p, flags, created, out);
	path_put(&p);
	return err;
}

int namei_open(int dirfd, const char *name, u32 flags, umode_t mode, struct file **out)
{
	struct walk w;
	int err;

	if (flags & O_PATH)
		flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	if ((flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
		return -EINVAL;
	err = walk_start(&w, current_cred(), dirfd, name, 0);
	if (!err)
		err = walk_to_last(&w);
	if (err)
		goto out;
	if (flags & O_CREAT) {
		err = open_creating(&w, flags, mode, out);
		goto out;
	}
	err = walk_last(&w, !(flags & O_NOFOLLOW));
	if (!err) {
		walk_pause(&w);
		err = open_path(&w.held, flags, false, out);
	}
out:
	walk_end(&w);
	return err;
}

void namei_init(void)
{
	name_cache = slab_cache_create("name", PATH_LEN_MAX, 8);
}

/* SPDX-License-Identifier: MIT */
/*
 * Changing directories: mknod, mkdir, symlink, link, unlink, rmdir, rename.
 *
 * Each walks to the parent, locks it, looks the name up under that lock, asks for permission, lets
 * the filesystem do it and then tells the dentry cache.
 *
 * Lock order among inodes (all RANK_INODE, nested): a directory before what is in it. Two
 * directories (rename) only under the super's rename_lock: then no directory moves, so the ancestor
 * can be told from the descendant and goes first. At last the inodes that are renamed, by address:
 * neither is an ancestor of a locked directory (that was refused before).
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mount.h>

#include "debug/assert.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/namei.h"
#include "fs/namei_walk.h"

/* ---------------------------------------------------------------- permission */
static int may_create(const struct inode *dir, const struct mount *mnt)
{
	if (dir->flags & INODE_DEAD)
		return -ENOENT;
	return inode_permission(dir, mnt, MAY_WRITE | MAY_EXEC);
}

/* Sticky directories: only the owner of the file or of the directory removes it. */
static bool sticky_forbids(const struct inode *dir, const struct inode *victim)
{
	const struct cred *c = current_cred();

	if (!(dir->mode & S_ISVTX))
		return false;
	return c->fsuid != victim->uid && c->fsuid != dir->uid && !cred_can(c, CAP_FOWNER);
}

static int may_delete(
	const struct inode *dir, const struct mount *mnt, const struct dentry *d, bool as_dir)
{
	int err = inode_permission(dir, mnt, MAY_WRITE | MAY_EXEC);

	if (err)
		return err;
	if (sticky_forbids(dir, d->inode))
		return -EPERM;
	if (as_dir && !S_ISDIR(d->inode->mode))
		return -ENOTDIR;
	if (!as_dir && S_ISDIR(d->inode->mode))
		return -EISDIR;
	return dentry_has_mounts(d) ? -EBUSY : 0;
}

/* ---------------------------------------------------------------- making */
/* The parent locked, writable, and the name free: *child is its negative dentry. create_end() is
 * due only on success. */
static int create_begin(
	struct walk *w, int dirfd, const char *name, bool want_dir, struct dentry **child)
{
	struct inode *dir;
	struct dentry *d;
	int err = walk_parent(w, dirfd, name), read_only;

	if (err)
		return err;
	if (w->last_type != WALK_NAME) {
		walk_end(w);
		return -EEXIST;
	}
	read_only = mount_want_write(w->held.mount); /* EEXIST comes first */
	dir = w->held.dentry->inode;
	mutex_lock(&dir->lock);
	d = dentry_lookup(w->held.dentry, w->last, w->last_len, true);
	if (IS_ERR(d))
		err = (int)PTR_ERR(d);
	else if (d->inode)
		err = -EEXIST;
	else if (w->must_dir && !want_dir)
		err = -ENOENT;
	else
		err = read_only ? read_only : may_create(dir, w->held.mount);
	if (!err) {
		*child = d;
		return 0;
	}
	if (!IS_ERR(d))
		dentry_put(d);
	mutex_unlock(&dir->lock);
	if (!read_only)
		mount_drop_write(w->held.mount);
	walk_end(w);
	return err;
}

static void create_end(struct walk *w, struct dentry *child)
{
	mutex_unlock(&w->held.dentry->inode->lock);
	dentry_put(child);
	mount_drop_write(w->held.mount);
	walk_end(w);
}

/* What the filesystem's create, mkdir or symlink returned. */
static int created(struct dentry *child, struct inode *inode)
{
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	dentry_instantiate(child, inode);
	return 0;
}

static int mknod_allowed(umode_t *mode)
{
	switch (*mode & S_IFMT) {
	case 0:
		*mode |= S_IFREG;
		return 0;
	case S_IFREG:
	case S_IFIFO:
	case S_IFSOCK:
		return 0;
	case S_IFCHR:
	case S_IFBLK:
		return current_can(CAP_MKNOD) ? 0 : -EPERM;
	case S_IFDIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
}

int namei_mknod(int dirfd, const char *name, umode_t mode, dev_t dev)
{
	struct dentry *child;
	struct inode *dir;
	struct walk w;
	int err = mknod_allowed(&mode);

	if (!err)
		err = create_begin(&w, dirfd, name, false, &child);
	if (err)
		return err;
	dir = w.held.dentry->inode;
	mode = (mode & S_IFMT) | (mode & 07777 & ~current_fs()->umask);
	if (dir->ops->create)
		err = created(
			child, dir->ops->create(dir, child->name, child->name_len, mode, dev));
	else
		err = -EPERM;
	create_end(&w, child);
	return err;
}

int namei_mkdir(int dirfd, const char *name, umode_t mode)
{
	struct dentry *child;
	struct inode *dir;
	struct walk w;
	int err = create_begin(&w, dirfd, name, true, &child);

	if (err)
		return err;
	dir = w.held.dentry->inode;
	mode = S_IFDIR | (mode & 01777 & ~current_fs()->umask);
	if (dir->ops->mkdir)
		err = created(child, dir->ops->mkdir(dir, child->name, child->name_len, mode));
	else
		err = -EPERM;
	create_end(&w, child);
	return err;
}

int namei_symlink(const char *target, int dirfd, const char *name)
{
	struct dentry *child;
	struct inode *dir;
	struct walk w;
	int err = create_begin(&w, dirfd, name, false, &child);

	if (err)
		return err;
	dir = w.held.dentry->inode;
	if (dir->ops->symlink)
		err = created(child, dir->ops->symlink(dir, child->name, child->name_len, target));
	else
		err = -EPERM;
	create_end(&w, child);
	return err;
}

static int link_locked(struct inode *dir, struct dentry *child, struct inode *inode)
{
	int err;

	if (!dir->ops->link)
		return -EPERM;
	/* a file in the directory that is locked, or elsewhere: never its ancestor */
	mutex_lock_nested(&inode->lock);
	err = inode->nlink ? dir->ops->link(dir, child->name, child->name_len, inode) : -ENOENT;
	if (!err) {
		inode_get(inode);
		inode_touch_changed(inode);
		dentry_instantiate(child, inode);
	}
	mutex_unlock(&inode->lock);
	return err;
}

int namei_link(int old_dirfd, const char *old, int new_dirfd, const char *new, int flags)
{
	u32 how = (flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0) |
		  (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	struct dentry *child;
	struct path from;
	struct walk w;
	int err;

	err = namei_lookup(old_dirfd, old, how, &from);
	if (err)
		return err;
	err = IS_ERR(new) ? (int)PTR_ERR(new) : create_begin(&w, new_dirfd, new, false, &child);
	if (err)
		goto out;
	if (from.mount != w.held.mount)
		err = -EXDEV;
	else if (S_ISDIR(from.dentry->inode->mode))
		err = -EPERM;
	else
		err = link_locked(w.held.dentry->inode, child, from.dentry->inode);
	create_end(&w, child);
out:
	path_put(&from);
	return err;
}

/* ---------------------------------------------------------------- removing */
/* Tells the cache that d's name is gone. The directory and d->inode are locked. */
static void removed(struct dentry *d)
{
	if (S_ISDIR(d->inode->mode)) {
		__atomic_fetch_or(&d->inode->flags, INODE_DEAD, __ATOMIC_SEQ_CST);
		dentry_prune_children(d);
	}
}

static int remove_locked(struct inode *dir, struct dentry *d, bool as_dir)
{
	struct inode *victim = d->inode;
	int err;

	if (as_dir ? !dir->ops->rmdir : !dir->ops->unlink)
		return -EPERM;
	mutex_lock_nested(&victim->lock); /* in the directory */
	if (as_dir)
		err = dir->ops->rmdir(dir, d->name, d->name_len, victim);
	else
		err = dir->ops->unlink(dir, d->name, d->name_len, victim);
	if (!err)
		removed(d);
	mutex_unlock(&victim->lock);
	return err;
}

static int find_and_remove(struct walk *w, bool as_dir, struct inode **victim)
{
	struct inode *dir = w->held.dentry->inode;
	struct dentry *d;
	int err;

	d = dentry_lookup(w->held.dentry, w->last, w->last_len, true);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	if (!d->inode)
		err = -ENOENT;
	else if (!as_dir && w->must_dir)
		err = S_ISDIR(d->inode->mode) ? -EISDIR : -ENOTDIR;
	else
		err = may_delete(dir, w->held.mount, d, as_dir);
	if (!err) {
		inode_get(d->inode); /* its pages are freed after the directory is unlocked */
		*victim = d->inode;
		err = remove_locked(dir, d, as_dir);
	}
	if (!err)
		dentry_delete(d);
	dentry_put(d);
	return err;
}

static int remove_name(int dirfd, const char *name, bool as_dir)
{
	struct inode *victim = NULL;
	struct inode *dir;
	struct walk w;
	int err = walk_parent(&w, dirfd, name);

	if (err)
		return err;
	err = 0;
	if (w.last_type == WALK_DOT)
		err = as_dir ? -EINVAL : -EISDIR;
	else if (w.last_type == WALK_DOTDOT)
		err = as_dir ? -ENOTEMPTY : -EISDIR;
	else if (w.last_type == WALK_ROOT)
		err = as_dir ? -EBUSY : -EISDIR;
	else
		err = mount_want_write(w.held.mount);
	if (!err) {
		dir = w.held.dentry->inode;
		mutex_lock(&dir->lock);
		err = find_and_remove(&w, as_dir, &victim);
		mutex_unlock(&dir->lock);
		if (victim)
			inode_put(victim);
		mount_drop_write(w.held.mount);
	}
	walk_end(&w);
	return err;
}

int namei_unlink(int dirfd, const char *name)
{
	return remove_name(dirfd, name, false);
}

int namei_rmdir(int dirfd, const char *name)
{
	return remove_name(dirfd, name, true);
}

/* ---------------------------------------------------------------- rename */
struct rename {
	struct walk from, to;           /* paused on the parents */
	struct dentry *source, *target; /* target may be negative */
	u32 flags;                      /* RENAME_* */
};

static void lock_parents(struct rename *r)
{
	struct dentry *a = r->from.held.dentry, *b = r->to.held.dentry;

	if (a == b) {
		mutex_lock(&a->inode->lock);
		return;
	}
	mutex_lock(&a->sb->rename_lock);
	if (dentry_is_ancestor(b, a) || (!dentry_is_ancestor(a, b) && b->inode < a->inode)) {
		a = r->to.held.dentry;
		b = r->from.held.dentry;
	}
	/* Ancestors first; unrelated ones by address, as lock_pair() does. Race (found by
	 * namei_races): a rename within their common parent locks the two as children, without
	 * rename_lock. */
	mutex_lock(&a->inode->lock);
	mutex_lock_nested(&b->inode->lock);
}

static void unlock_parents(struct rename *r)
{
	struct dentry *a = r->from.held.dentry, *b = r->to.held.dentry;

	mutex_unlock(&a->inode->lock);
	if (a == b)
		return;
	mutex_unlock(&b->inode->lock);
	mutex_unlock(&a->sb->rename_lock);
}

/* rename(2)'s errors that need no disk, in Linux's order. */
static int rename_check_shape(const struct rename *r)
{
	bool exchange = r->flags & RENAME_EXCHANGE, is_dir = S_ISDIR(r->source->inode->mode);

	if ((r->flags & RENAME_NOREPLACE) && r->target->inode)
		return -EEXIST;
	if (exchange && !r->target->inode)
		return -ENOENT;
	if (exchange && !S_ISDIR(r->target->inode->mode) && r->to.must_dir)
		return -ENOTDIR;
	if (!is_dir && (r->from.must_dir || (!exchange && r->to.must_dir)))
		return -ENOTDIR;
	if (dentry_is_ancestor(r->source, r->to.held.dentry))
		return -EINVAL;
	if (r->target->inode && dentry_is_ancestor(r->target, r->from.held.dentry))
		return exchange ? -EINVAL : -ENOTEMPTY;
	return 0;
}

static int rename_check_rights(const struct rename *r)
{
	struct inode *from = r->from.held.dentry->inode, *to = r->to.held.dentry->inode;
	bool exchange = r->flags & RENAME_EXCHANGE, is_dir = S_ISDIR(r->source->inode->mode);
	struct mount *mnt = r->from.held.mount;
	int err;

	err = may_delete(from, mnt, r->source, is_dir);
	if (err)
		return err;
	if (!r->target->inode)
		err = may_create(to, mnt);
	else
		err = may_delete(
			to, mnt, r->target, exchange ? S_ISDIR(r->target->inode->mode) : is_dir);
	if (err || from == to)
		return err;
	/* A directory that gets another parent: its ".." is written. */
	if (is_dir)
		err = inode_permission(r->source->inode, mnt, MAY_WRITE);
	if (!err && exchange && S_ISDIR(r->target->inode->mode))
		err = inode_permission(r->target->inode, mnt, MAY_WRITE);
	return err;
}

static void lock_pair(struct inode *a, struct inode *b)
{
	struct inode *first = b && b < a ? b : a;

	mutex_lock_nested(&first->lock); /* by address, below the locked directories */
	if (b)
		mutex_lock_nested(first == a ? &b->lock : &a->lock);
}

static void unlock_pair(struct inode *a, struct inode *b)
{
	mutex_unlock(&a->lock);
	if (b)
		mutex_unlock(&b->lock);
}

static void rename_cache(struct rename *r)
{
	if (r->flags & RENAME_EXCHANGE) {
		dentry_exchange(r->source, r->target);
		return;
	}
	/* A name that is replaced goes in the same step, so that no look-up finds neither file. */
	if (!dentry_move(r->source, r->to.held.dentry, r->to.last, r->to.last_len))
		return;
	/* No memory for a long name: forget both entries, the next look-up finds them on disk. */
	if (r->target->inode)
		dentry_delete(r->target);
	dentry_drop(r->source);
}

static int rename_do(struct rename *r)
{
	struct inode *from = r->from.held.dentry->inode, *to = r->to.held.dentry->inode;
	struct inode *inode = r->source->inode, *victim = r->target->inode;
	int err;

	if (!from->ops->rename)
		return -EPERM;
	lock_pair(inode, victim);
	err = from->ops->rename(from, r->source->name, r->source->name_len, inode, to, r->to.last,
		r->to.last_len, victim, r->flags & RENAME_EXCHANGE);
	if (!err) {
		inode_touch_changed(inode);
		if (victim && (r->flags & RENAME_EXCHANGE))
			inode_touch_changed(victim);
		else if (victim)
			removed(r->target);
	}
	unlock_pair(inode, victim);
	if (!err)
		rename_cache(r);
	return err;
}

/* Parents are locked. *victim: the replaced inode, to be put when they no longer are. */
static int rename_locked(struct rename *r, struct inode **victim)
{
	int err;

	r->target = NULL;
	r->source = dentry_lookup(r->from.held.dentry, r->from.last, r->from.last_len, true);
	if (IS_ERR(r->source))
		return (int)PTR_ERR(r->source);
	err = -ENOENT;
	if (!r->source->inode)
		goto out;
	r->target = dentry_lookup(r->to.held.dentry, r->to.last, r->to.last_len, true);
	err = (int)PTR_ERR(r->target);
	if (IS_ERR(r->target))
		goto out;
	err = rename_check_shape(r);
	/* else: two names of one file, nothing to do */
	if (!err && r->source->inode != r->target->inode) {
		err = rename_check_rights(r);
		if (!err) {
			*victim = r->target->inode;
			if (*victim)
				inode_get(*victim);
			err = rename_do(r);
		}
	}
	dentry_put(r->target);
out:
	dentry_put(r->source);
	return err;
}

static int rename_parents(struct rename *r)
{
	struct inode *victim = NULL;
	int err;

	if (r->from.held.mount != r->to.held.mount)
		return -EXDEV;
	if (r->from.last_type != WALK_NAME)
		return -EBUSY;
	if (r->to.last_type != WALK_NAME)
		return r->flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	err = mount_want_write(r->from.held.mount);
	if (err)
		return err;
	lock_parents(r);
	err = rename_locked(r, &victim);
	unlock_parents(r);
	if (victim)
		inode_put(victim);
	mount_drop_write(r->from.held.mount);
	return err;
}

int namei_rename(int old_dirfd, const char *old, int new_dirfd, const char *new, u32 flags)
{
	struct rename r;
	int err;

	if (flags & ~(u32)(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if (flags == (RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	r.flags = flags;
	err = IS_ERR(old) ? (int)PTR_ERR(old) : walk_parent(&r.from, old_dirfd, old);
	if (err)
		return err;
	err = IS_ERR(new) ? (int)PTR_ERR(new) : walk_parent(&r.to, new_dirfd, new);
	if (!err) {
		err = rename_parents(&r);
		walk_end(&r.to);
	}
	walk_end(&r.from);
	return err;
}

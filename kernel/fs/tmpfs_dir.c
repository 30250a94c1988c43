// SPDX-License-Identifier: MIT
/*
 * tmpfs: directories and symbolic links.
 *
 * A directory is a set of entries in two trees: by name, for look-up; by cookie, a number that only
 * grows, for readdir: its position stays right whatever is made or removed meanwhile. Each entry
 * holds a reference on its inode, so a file lives while it has a name.
 *
 * Locks: the directory's inode->lock, which the VFS holds.
 */
#include <linux/fs.h>

#include "fs/file.h"
#include "fs/inode.h"
#include "fs/tmpfs_inode.h"
#include "lib/hash.h"
#include "lib/string.h"
#include "mm/slab.h"

#define FIRST_COOKIE 2  /* 0 and 1 are "." and ".." */
#define ENTRY_SIZE   20 /* what an entry adds to a directory's size, as on Linux */

struct entry {
	struct rb_node by_name, by_cookie;
	u64 cookie;
	u32 hash, len;
	struct inode *inode;
	char name[];
};

void tmpfs_dir_init(struct inode *dir)
{
	tmpfs_of(dir)->next_cookie = FIRST_COOKIE;
}

/* ---------------------------------------------------------------- entries */
static int compare(const struct entry *e, u32 hash, const char *name, u32 len)
{
	if (hash != e->hash)
		return hash < e->hash ? -1 : 1;
	if (len != e->len)
		return len < e->len ? -1 : 1;
	return memcmp(name, e->name, len);
}

static struct entry *find_entry(const struct inode *dir, const char *name, u32 len)
{
	struct rb_node *n = tmpfs_of(dir)->names.root;
	u32 hash = hash_bytes(name, len);
	struct entry *e;
	int c;

	while (n) {
		e = rb_entry(n, struct entry, by_name);
		c = compare(e, hash, name, len);
		if (!c)
			return e;
		n = c < 0 ? n->left : n->right;
	}
	return NULL;
}

/* The first entry with cookie >= at, or NULL. */
static struct entry *entry_at_or_after(const struct inode *dir, u64 at)
{
	struct rb_node *n = tmpfs_of(dir)->cookies.root;
	struct entry *e, *best = NULL;

	while (n) {
		e = rb_entry(n, struct entry, by_cookie);
		if (e->cookie >= at)
			best = e;
		n = e->cookie >= at ? n->left : n->right;
	}
	return best;
}

static struct entry *new_entry(const char *name, u32 len)
{
	struct entry *e = kmalloc(sizeof(*e) + len + 1);

	if (!e)
		return NULL;
	memcpy(e->name, name, len);
	e->name[len] = '\0';
	e->len = len;
	e->hash = hash_bytes(name, len);
	return e;
}

static void link_by_name(struct tmpfs_inode *dir, struct entry *e)
{
	struct rb_node **link = &dir->names.root, *parent = NULL;

	while (*link) {
		parent = *link;
		if (compare(rb_entry(parent, struct entry, by_name), e->hash, e->name, e->len) < 0)
			link = &parent->left;
		else
			link = &parent->right;
	}
	rb_insert(&dir->names, &e->by_name, parent, link, NULL);
}

/* The newest cookie is the largest: always the rightmost. */
static void link_by_cookie(struct tmpfs_inode *dir, struct entry *e)
{
	struct rb_node **link = &dir->cookies.root, *parent = NULL;

	e->cookie = dir->next_cookie++;
	while (*link) {
		parent = *link;
		link = &parent->right;
	}
	rb_insert(&dir->cookies, &e->by_cookie, parent, link, NULL);
}

static void resize_dir(struct inode *dir, s64 entries)
{
	mapping_set_size(&dir->mapping, mapping_size(&dir->mapping) + (u64)(entries * ENTRY_SIZE));
	inode_touch_modified(dir);
}

/* Takes over a reference on inode. */
static void add_entry(struct inode *dir, struct entry *e, struct inode *inode)
{
	e->inode = inode;
	link_by_name(tmpfs_of(dir), e);
	link_by_cookie(tmpfs_of(dir), e);
	if (S_ISDIR(inode->mode)) {
		tmpfs_of(inode)->parent = dir;
		dir->nlink++;
	}
	resize_dir(dir, 1);
}

/* The entry goes; its inode reference is the caller's. */
static struct inode *remove_entry(struct inode *dir, struct entry *e)
{
	struct inode *inode = e->inode;

	rb_erase(&tmpfs_of(dir)->names, &e->by_name, NULL);
	rb_erase(&tmpfs_of(dir)->cookies, &e->by_cookie, NULL);
	kfree(e);
	if (S_ISDIR(inode->mode))
		dir->nlink--;
	resize_dir(dir, -1);
	return inode;
}

/* ---------------------------------------------------------------- directory operations */
static struct inode *lookup(struct inode *dir, const char *name, u32 len)
{
	struct entry *e = find_entry(dir, name, len);

	if (!e)
		return NULL;
	inode_get(e->inode);
	return e->inode;
}

static struct inode *make(struct inode *dir, const char *name, u32 len, umode_t mode, dev_t rdev)
{
	struct entry *e = new_entry(name, len);
	struct inode *inode;

	if (!e)
		return ERR_PTR(-ENOMEM);
	inode = tmpfs_make_inode(dir->sb, dir, mode, rdev);
	if (IS_ERR(inode)) {
		kfree(e);
		return inode;
	}
	inode_get(inode);
	add_entry(dir, e, inode);
	return inode;
}

static struct inode *make_dir(struct inode *dir, const char *name, u32 len, umode_t mode)
{
	return make(dir, name, len, mode, 0);
}

static struct inode *make_symlink(struct inode *dir, const char *name, u32 len, const char *target)
{
	char *text = kstrdup(target);
	struct inode *inode;

	if (!text)
		return ERR_PTR(-ENOMEM);
	inode = make(dir, name, len, S_IFLNK | 0777, 0);
	if (IS_ERR(inode)) {
		kfree(text);
		return inode;
	}
	tmpfs_of(inode)->target = text;
	mapping_set_size(&inode->mapping, strlen(text));
	return inode;
}

static int link(struct inode *dir, const char *name, u32 len, struct inode *inode)
{
	struct entry *e = new_entry(name, len);

	if (!e)
		return -ENOMEM;
	inode_get(inode);
	inode->nlink++;
	add_entry(dir, e, inode);
	return 0;
}

static int unlink(struct inode *dir, const char *name, u32 len, struct inode *inode)
{
	struct entry *e = find_entry(dir, name, len);

	if (!e || e->inode != inode)
		return -ENOENT;
	inode->nlink--;
	inode_touch_changed(inode);
	inode_put(remove_entry(dir, e)); /* not the last: the caller has one */
	return 0;
}

static int remove_dir(struct inode *dir, const char *name, u32 len, struct inode *inode)
{
	struct entry *e = find_entry(dir, name, len);

	if (!e || e->inode != inode)
		return -ENOENT;
	if (tmpfs_of(inode)->names.root)
		return -ENOTEMPTY;
	inode->nlink = 0;
	inode_touch_changed(inode);
	inode_put(remove_entry(dir, e));
	return 0;
}

static void exchange(struct inode *old_dir, struct entry *a, struct inode *new_dir, struct entry *b)
{
	struct inode *ia = a->inode, *ib = b->inode;
	s32 moved = (s32)S_ISDIR(ia->mode) - (s32)S_ISDIR(ib->mode);

	a->inode = ib;
	b->inode = ia;
	if (S_ISDIR(ia->mode))
		tmpfs_of(ia)->parent = new_dir;
	if (S_ISDIR(ib->mode))
		tmpfs_of(ib)->parent = old_dir;
	if (old_dir != new_dir) {
		new_dir->nlink += (u32)moved;
		old_dir->nlink -= (u32)moved;
	}
	resize_dir(old_dir, 0);
	resize_dir(new_dir, 0);
}

static int replace_target(struct inode *dir, struct entry *e)
{
	struct inode *target = e->inode;

	if (S_ISDIR(target->mode)) {
		if (tmpfs_of(target)->names.root)
			return -ENOTEMPTY;
		target->nlink = 0;
	} else {
		target->nlink--;
	}
	inode_touch_changed(target);
	inode_put(remove_entry(dir, e));
	return 0;
}

static int rename(struct inode *old_dir, const char *old, u32 old_len, struct inode *inode,
	struct inode *new_dir, const char *new, u32 new_len, struct inode *target, bool swap)
{
	struct entry *from = find_entry(old_dir, old, old_len),
		     *to = find_entry(new_dir, new, new_len), *e;
	int err = 0;

	if (!from || from->inode != inode || (target && !to))
		return -ENOENT;
	if (swap) {
		exchange(old_dir, from, new_dir, to);
		return 0;
	}
	e = new_entry(new, new_len);
	if (!e)
		return -ENOMEM;
	if (to)
		err = replace_target(new_dir, to);
	if (err) {
		kfree(e);
		return err;
	}
	add_entry(new_dir, e, remove_entry(old_dir, from));
	return 0;
}

static ssize_t readlink(struct inode *inode, char *buf, size_t size)
{
	return (ssize_t)min(strlcpy(buf, tmpfs_of(inode)->target, size), size - 1);
}

static int readdir(struct file *f, struct dir_context *ctx)
{
	struct inode *dir = f->inode, *parent = tmpfs_of(dir)->parent;
	struct entry *e;

	if (f->pos == 0) {
		if (!dir_emit(ctx, ".", 1, dir->ino, DT_DIR, 1))
			return 0;
		f->pos = 1;
	}
	if (f->pos == 1) {
		if (!dir_emit(ctx, "..", 2, parent ? parent->ino : dir->ino, DT_DIR, FIRST_COOKIE))
			return 0;
		f->pos = FIRST_COOKIE;
	}
	e = entry_at_or_after(dir, (u64)f->pos);
	while (e) {
		struct rb_node *next = rb_next(&e->by_cookie);

		if (!dir_emit(ctx, e->name, e->len, e->inode->ino, mode_to_dtype(e->inode->mode),
			    (loff_t)e->cookie + 1))
			return 0;
		f->pos = (loff_t)e->cookie + 1;
		e = next ? rb_entry(next, struct entry, by_cookie) : NULL;
	}
	return 0;
}

const struct inode_ops tmpfs_dir_ops = {
	.lookup = lookup,
	.create = make,
	.mkdir = make_dir,
	.symlink = make_symlink,
	.link = link,
	.unlink = unlink,
	.rmdir = remove_dir,
	.rename = rename,
};

const struct inode_ops tmpfs_link_ops = { .readlink = readlink };

static loff_t seek_dir(struct file *f, loff_t off, int whence)
{
	return whence == SEEK_SET || whence == SEEK_CUR ? generic_seek(f, off, whence) : -EINVAL;
}

const struct file_ops tmpfs_dir_fops = {
	.readdir = readdir, .seek = seek_dir, .fsync = noop_fsync
};

int tmpfs_make_node(
	struct inode *dir, const char *name, umode_t mode, dev_t rdev, const char *target)
{
	u32 len = (u32)strlen(name);
	struct inode *inode;
	int err = 0;

	mutex_lock(&dir->lock);
	if (find_entry(dir, name, len))
		err = -EEXIST;
	else if (target)
		inode = make_symlink(dir, name, len, target);
	else
		inode = make(dir, name, len, mode, rdev);
	mutex_unlock(&dir->lock);
	if (err)
		return err;
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	inode_put(inode);
	return 0;
}

void tmpfs_dir_drop(struct inode *root)
{
	struct tmpfs_inode *dir = tmpfs_of(root);

	while (dir) {
		struct rb_node *n = dir->names.root;
		struct entry *e = n ? rb_entry(n, struct entry, by_name) : NULL;

		if (!e) { /* empty: its own entry is next */
			dir = dir->parent ? tmpfs_of(dir->parent) : NULL;
		} else if (S_ISDIR(e->inode->mode) && tmpfs_of(e->inode)->names.root) {
			dir = tmpfs_of(e->inode);
		} else {
			inode_put(remove_entry(&dir->inode, e));
		}
	}
}

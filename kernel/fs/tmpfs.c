/* SPDX-License-Identifier: MIT */
/*
 * tmpfs: a filesystem that is only inodes and their cached pages. Nothing is ever written anywhere.
 *
 * A directory is a set of entries in two trees: by name, for look-up; by cookie, a number that only
 * grows, for readdir: its position stays right whatever is made or removed meanwhile. Each entry
 * holds a reference on its inode, so a file lives while it has a name.
 *
 * Space: a page counts when it first becomes dirty (prepare_write), against the mount's size=. What
 * truncation and holes give back is found by comparing with the number of pages that the mapping
 * has. The same pages are promised memory (mm/commit.h), but for shared anonymous memory, where that
 * was done for all of it when it was made.
 *
 * Locks: the directory's inode->lock for its trees (the VFS holds it); atomics for the space of the
 * super.
 */
#include "fs/tmpfs.h"

#include <linux/fcntl.h>
#include <linux/fs.h>

#include "debug/assert.h"
#include "debug/printk.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/devfs.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/seal.h"
#include "lib/hash.h"
#include "lib/rbtree.h"
#include "lib/string.h"
#include "mm/commit.h"
#include "mm/shm.h"
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

struct tmpfs_inode {
	struct inode inode;
	struct rb_tree names, cookies; /* directories */
	u64 next_cookie;
	struct inode *parent; /* directories; no reference: it outlives us */
	char *target;         /* symbolic links */
	u64 charged;          /* pages counted in the super: the dirty ones; mapping.lock */
	u64 reserved;         /* pages promised as a whole; 0: each of `charged` is promised */
};

struct tmpfs_super {
	u64 max_pages, max_inodes; /* 0: no limit */
	atomic64_t pages, inodes;
	u64 next_ino;
};

static struct slab_cache *inode_cache;
static struct mount *unnamed_mount;
static const struct inode_ops dir_ops, file_ops, link_ops;
static const struct file_ops dir_file_ops, reg_file_ops;
static const struct mapping_ops mapping_ops;
static const struct super_ops super_ops;

static struct tmpfs_inode *tmpfs_of(const struct inode *inode)
{
	return container_of(inode, struct tmpfs_inode, inode);
}

static struct tmpfs_super *super_of(const struct inode *inode)
{
	return inode->sb->private;
}

/* ---------------------------------------------------------------- space */
static void add_charged(struct inode *inode, s64 delta)
{
	struct tmpfs_inode *ti = tmpfs_of(inode);

	spin_lock(&inode->mapping.lock);
	ti->charged += (u64)delta;
	inode->blocks = ti->charged << (PAGE_SHIFT - 9);
	spin_unlock(&inode->mapping.lock);
}

static void add_promise(const struct inode *inode, void *sum)
{
	const struct tmpfs_inode *ti = tmpfs_of(inode);

	*(u64 *)sum += ti->reserved ? ti->reserved : ti->charged;
}

static void add_promises(struct super *sb, void *sum)
{
	if (sb->ops == &super_ops)
		inode_for_each(sb, add_promise, sum);
}

/* What all files in memory together were promised. */
static u64 sum_of_promises(void)
{
	u64 sum = 0;

	fs_for_each_super(add_promises, &sum);
	return sum;
}

static u64 current_address_space(void)
{
	const struct mm *mm = current_mm();

	return mm ? mm->total_pages : 0;
}

/* The page is going to be dirty, which in a tmpfs is for ever: it takes space. => page locked */
static int prepare_write(struct mapping *m, struct page *page, u32 from, u32 to)
{
	struct inode *inode = m->host;
	struct tmpfs_super *ts = super_of(inode);
	u64 total;

	(void)from, (void)to;
	if (page_test(page, PG_DIRTY))
		return 0;
	total = (u64)atomic64_add_return(&ts->pages, 1);
	if (ts->max_pages && total > ts->max_pages) {
		atomic64_add_return(&ts->pages, -1);
		return -ENOSPC;
	}
	if (!tmpfs_of(inode)->reserved && commit_charge(1, current_address_space())) {
		atomic64_add_return(&ts->pages, -1);
		return -ENOSPC; /* Linux too calls it so */
	}
	add_charged(inode, 1);
	return 0;
}

/* Page by page, as they go: faults charge for new ones while a file is cut. (Race, found by
 * shmem_charge_storm, when both counted what was there.) */
static void give_back(struct mapping *m)
{
	struct inode *inode = m->host;

	add_charged(inode, -1);
	atomic64_add_return(&super_of(inode)->pages, -1);
	if (!tmpfs_of(inode)->reserved)
		commit_uncharge(1);
}

static const struct mapping_ops mapping_ops = {
	.prepare_write = prepare_write,
	.give_back = give_back,
	.stored = inode_mapping_stored,
	.hold = inode_hold_mapping,
	.release = inode_release_mapping,
};

/* Page by page, as on Linux. */
static int find_data(struct inode *inode, u64 *at, bool data)
{
	pgoff_t index = *at >> PAGE_SHIFT, found = index;

	pagecache_find_data(&inode->mapping, &found, data);
	if (found > index)
		*at = found << PAGE_SHIFT;
	return 0;
}

/* ---------------------------------------------------------------- inodes */
static struct inode *alloc_inode(struct super *sb)
{
	struct tmpfs_inode *ti = slab_alloc(inode_cache, PAGE_ZEROED);

	(void)sb;
	return ti ? &ti->inode : NULL;
}

static void free_inode(struct inode *inode)
{
	struct tmpfs_inode *ti = tmpfs_of(inode);
	struct tmpfs_super *ts = super_of(inode);

	commit_uncharge(ti->reserved); /* its pages have given back theirs */
	atomic64_add_return(&ts->inodes, -1);
	kfree(ti->target);
	slab_free(inode_cache, ti);
}

static void set_ops(struct inode *inode, dev_t rdev)
{
	inode->ops = &file_ops;
	switch (inode->mode & S_IFMT) {
	case S_IFDIR:
		inode->ops = &dir_ops;
		inode->fops = &dir_file_ops;
		inode->nlink = 2;
		break;
	case S_IFREG:
		inode->fops = &reg_file_ops;
		seal_init(inode, false);
		break;
	case S_IFLNK:
		inode->ops = &link_ops;
		break;
	default:
		inode_init_special(inode, inode->mode, rdev);
	}
}

static struct inode *make_inode(struct super *sb, const struct inode *dir, umode_t mode, dev_t rdev)
{
	struct tmpfs_super *ts = sb->private;
	u64 count = (u64)atomic64_add_return(&ts->inodes, 1);
	struct inode *inode = NULL;

	if (ts->max_inodes && count > ts->max_inodes) {
		atomic64_add_return(&ts->inodes, -1);
		return ERR_PTR(-ENOSPC);
	}
	inode = inode_new(sb, __atomic_fetch_add(&ts->next_ino, 1, __ATOMIC_RELAXED));
	if (!inode) {
		atomic64_add_return(&ts->inodes, -1);
		return ERR_PTR(-ENOMEM);
	}
	inode->mapping.ops = &mapping_ops;
	inode->mapping.flags |= MAPPING_SWAPBACKED;
	inode_init_owner(inode, dir, mode);
	set_ops(inode, rdev);
	tmpfs_of(inode)->next_cookie = FIRST_COOKIE;
	inode_new_done(inode);
	return inode;
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
	inode = make_inode(dir->sb, dir, mode, rdev);
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

static const struct inode_ops dir_ops = {
	.lookup = lookup,
	.create = make,
	.mkdir = make_dir,
	.symlink = make_symlink,
	.link = link,
	.unlink = unlink,
	.rmdir = remove_dir,
	.rename = rename,
};
static const struct inode_ops file_ops = { .punch_hole = inode_punch_cache_only,
	.find_data = find_data };
static const struct inode_ops link_ops = { .readlink = readlink };
static const struct file_ops reg_file_ops = {
	.read = generic_read,
	.write = generic_write,
	.fsync = noop_fsync,
	.seek = generic_seek,
	.map = seal_map,
};
static loff_t seek_dir(struct file *f, loff_t off, int whence)
{
	return whence == SEEK_SET || whence == SEEK_CUR ? generic_seek(f, off, whence) : -EINVAL;
}

static const struct file_ops dir_file_ops = {
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

/* ---------------------------------------------------------------- super */
/* Puts all names, directories after what is in them. */
static void drop(struct super *sb)
{
	struct tmpfs_inode *dir = NULL;
	struct inode *i, *root = NULL;

	list_for_each (i, &sb->inodes, sb_link) /* nobody uses the filesystem any more */
		if (S_ISDIR(i->mode) && !tmpfs_of(i)->parent)
			root = i;
	for (dir = root ? tmpfs_of(root) : NULL; dir;) {
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
	if (root)
		inode_put(root); /* the reference that mounting kept */
}

static void unmount(struct super *sb)
{
	kfree(sb->private);
}

static int statfs(struct super *sb, struct fs_stats *st)
{
	struct tmpfs_super *ts = sb->private;
	u64 pages = (u64)atomic64_read(&ts->pages), inodes = (u64)atomic64_read(&ts->inodes);

	st->blocks = ts->max_pages;
	st->blocks_free = st->blocks_available = ts->max_pages > pages ? ts->max_pages - pages : 0;
	st->files = ts->max_inodes;
	st->files_free = ts->max_inodes > inodes ? ts->max_inodes - inodes : 0;
	return 0;
}

static const struct super_ops super_ops = {
	.alloc_inode = alloc_inode,
	.free_inode = free_inode,
	.statfs = statfs,
	.drop = drop,
	.unmount = unmount,
};

struct options {
	u64 max_pages, max_inodes;
	umode_t mode;
	uid_t uid;
	gid_t gid;
};

/* "64k", "50%" (of `whole`), "1g" in bytes (percent: of whole). */
static int parse_size(const char *s, u64 whole, u64 *out)
{
	char number[24];
	size_t n = 0;
	u64 v;

	while (s[n] >= '0' && s[n] <= '9' && n < sizeof(number) - 1) {
		number[n] = s[n];
		n++;
	}
	number[n] = '\0';
	if (parse_u64(number, 10, &v))
		return -EINVAL;
	switch (s[n]) {
	case '\0':
		break;
	case '%':
		v = whole / 100 * v;
		break;
	case 'k':
	case 'K':
		v <<= 10;
		break;
	case 'm':
	case 'M':
		v <<= 20;
		break;
	case 'g':
	case 'G':
		v <<= 30;
		break;
	default:
		return -EINVAL;
	}
	*out = v;
	return 0;
}

static int parse_option(char *key, struct options *o)
{
	char *value = strchr(key, '=');
	struct page_stats st;
	u64 v = 0;
	int err;

	if (!value)
		return 0; /* flags of other systems */
	*value++ = '\0';
	page_get_stats(&st);
	if (!strcmp(key, "mode"))
		err = parse_u64(value, 8, &v);
	else
		err = parse_size(value, st.total << PAGE_SHIFT, &v);
	if (err)
		return -EINVAL;
	if (!strcmp(key, "size"))
		o->max_pages = page_align_up(v) >> PAGE_SHIFT;
	else if (!strcmp(key, "nr_blocks"))
		o->max_pages = v;
	else if (!strcmp(key, "nr_inodes"))
		o->max_inodes = v;
	else if (!strcmp(key, "mode"))
		o->mode = (umode_t)v & 07777;
	else if (!strcmp(key, "uid"))
		o->uid = (uid_t)v;
	else if (!strcmp(key, "gid"))
		o->gid = (gid_t)v;
	else
		return -EINVAL;
	return 0;
}

static int parse_options(const char *data, struct options *o)
{
	char *text = kstrdup(data), *at = text, *comma;
	int err = 0;

	if (!text)
		return -ENOMEM;
	while (!err && at && *at) {
		comma = strchr(at, ',');
		if (comma)
			*comma++ = '\0';
		err = parse_option(at, o);
		at = comma;
	}
	kfree(text);
	return err;
}

static int make_root(struct super *sb, const struct options *o)
{
	struct inode *root = make_inode(sb, NULL, S_IFDIR | o->mode, 0);

	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	root->uid = o->uid;
	root->gid = o->gid;
	sb->root = dentry_make_root(sb, root);
	if (!sb->root) {
		inode_put(root);
		return -ENOMEM;
	}
	inode_get(root); /* until drop() */
	return 0;
}

int tmpfs_mount(struct super *sb, const char *data)
{
	struct options o = { .mode = 01777 };
	struct tmpfs_super *ts;
	struct page_stats st;
	int err;

	page_get_stats(&st);
	o.max_pages = st.total / 2;
	o.max_inodes = st.total / 2;
	err = parse_options(data, &o);
	if (err)
		return err;
	ts = kzalloc(sizeof(*ts));
	if (!ts)
		return -ENOMEM;
	ts->max_pages = o.max_pages;
	ts->max_inodes = o.max_inodes;
	ts->next_ino = 1;
	sb->private = ts;
	sb->ops = &super_ops;
	sb->magic = TMPFS_MAGIC;
	sb->max_file_size = MAPPING_MAX_SIZE; /* Linux: 2^63 - 1 */
	err = make_root(sb, &o);
	if (err)
		kfree(ts);
	return err;
}

/* ---------------------------------------------------------------- unnamed files */
struct file *tmpfs_unnamed_file(const char *name, u64 size, u32 flags, bool sealable)
{
	struct super *sb = unnamed_mount->sb;
	struct inode *inode = make_inode(sb, NULL, S_IFREG | 0777, 0);

	if (IS_ERR(inode))
		return (struct file *)inode;
	inode->nlink = 0;
	seal_init(inode, sealable);
	mapping_set_size(&inode->mapping, size);
	return file_open_anonymous(inode, &reg_file_ops, flags, name);
}

static int create_shm(const char *name, u64 size, u32 how, struct shm_object *out)
{
	u64 reserved = how & SHM_NORESERVE ? 0 : page_align_up(size) >> PAGE_SHIFT;
	struct file *f;

	if (reserved && commit_charge(reserved, current_address_space()))
		return -ENOMEM;
	f = tmpfs_unnamed_file(name, size, O_RDWR, false);
	if (IS_ERR(f)) {
		commit_uncharge(reserved);
		return (int)PTR_ERR(f);
	}
	tmpfs_of(f->inode)->reserved = reserved;
	out->mapping = &f->inode->mapping;
	out->file = f;
	out->file_ops = &file_map_ops;
	return 0;
}

static struct fs_type tmpfs = { .name = "tmpfs", .mount = tmpfs_mount };

void tmpfs_init(void)
{
	inode_cache = slab_cache_create("tmpfs_inode", sizeof(struct tmpfs_inode), 16);
	fs_register(&tmpfs);
	unnamed_mount = mount_kernel_internal("tmpfs");
	if (!unnamed_mount)
		panic("no memory for shared memory");
	((struct tmpfs_super *)unnamed_mount->sb->private)->max_pages = 0;
	((struct tmpfs_super *)unnamed_mount->sb->private)->max_inodes = 0;
	shm_set_provider(create_shm);
	commit_set_shared_sum(sum_of_promises);
}

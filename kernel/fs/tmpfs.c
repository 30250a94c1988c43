// SPDX-License-Identifier: MIT
/* tmpfs: mounting it, and its inodes. See tmpfs_inode.h. */
#include "fs/dentry.h"
#include "fs/devfs.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/seal.h"
#include "fs/tmpfs_inode.h"
#include "lib/string.h"
#include "mm/slab.h"

static struct slab_cache *inode_cache;

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

	tmpfs_file_end(ti);
	atomic64_add_return(&tmpfs_super_of(inode)->inodes, -1);
	kfree(ti->target);
	slab_free(inode_cache, ti);
}

static void set_ops(struct inode *inode, dev_t rdev)
{
	inode->ops = &tmpfs_file_ops;
	switch (inode->mode & S_IFMT) {
	case S_IFDIR:
		inode->ops = &tmpfs_dir_ops;
		inode->fops = &tmpfs_dir_fops;
		inode->nlink = 2;
		tmpfs_dir_init(inode);
		break;
	case S_IFREG:
		inode->fops = &tmpfs_file_fops;
		seal_init(inode, false);
		break;
	case S_IFLNK:
		inode->ops = &tmpfs_link_ops;
		break;
	default:
		inode_init_special(inode, inode->mode, rdev);
	}
}

struct inode *tmpfs_make_inode(struct super *sb, const struct inode *dir, umode_t mode, dev_t rdev)
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
	inode->mapping.ops = &tmpfs_mapping_ops;
	inode->mapping.flags |= MAPPING_SWAPBACKED;
	inode_init_owner(inode, dir, mode);
	set_ops(inode, rdev);
	inode_new_done(inode);
	return inode;
}

/* ---------------------------------------------------------------- super */
/* Puts all names. */
static void drop(struct super *sb)
{
	struct inode *i, *root = NULL;

	list_for_each (i, &sb->inodes, sb_link) /* nobody uses the filesystem any more */
		if (S_ISDIR(i->mode) && !tmpfs_of(i)->parent)
			root = i;
	if (!root)
		return;
	tmpfs_dir_drop(root);
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

const struct super_ops tmpfs_super_ops = {
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
	struct inode *root = tmpfs_make_inode(sb, NULL, S_IFDIR | o->mode, 0);
	int err;

	if (IS_ERR(root))
		return (int)PTR_ERR(root);
	root->uid = o->uid;
	root->gid = o->gid;
	err = dentry_set_root(sb, root);
	if (!err)
		inode_get(root); /* until drop() */
	return err;
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
	sb->ops = &tmpfs_super_ops;
	sb->magic = TMPFS_MAGIC;
	sb->max_file_size = MAPPING_MAX_SIZE; /* Linux: 2^63 - 1 */
	err = make_root(sb, &o);
	if (err)
		kfree(ts);
	return err;
}

static struct fs_type tmpfs = { .name = "tmpfs", .mount = tmpfs_mount };

void tmpfs_init(void)
{
	inode_cache = slab_cache_create("tmpfs_inode", sizeof(struct tmpfs_inode), 16);
	fs_register(&tmpfs);
	tmpfs_file_init();
}

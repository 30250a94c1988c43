/* SPDX-License-Identifier: MIT */
/*
 * Filesystem types, supers (mounted filesystems) and mounts (places where one is seen).
 *
 *	type "ext2"                         mount A: /      root dentry "/"      \
 *	   super of vda (root dentry, inodes) <-----------------------------------+-- nr_mounts
 *	                                    mount B: /mnt   (a bind of A's /home) /
 *
 * References: being in the tree counts one, every struct path one, every mount on top one. The last
 * one of a detached mount unmounts; the last mount of a super shuts the filesystem down.
 *
 * Locks: tree_mutex (RANK_MOUNT): all changes, the list of mounts, the list of supers. dcache_lock
 * as well for what a path walk reads: the hash, parent, mountpoint.
 */
#include "fs/mount.h"

#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mount.h>

#include "arch/bootinfo.h"
#include "block/block.h"
#include "debug/assert.h"
#include "debug/printk.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/devfs.h"
#include "fs/inode.h"
#include "fs/namei.h"
#include "fs/pipe.h"
#include "fs/rw.h"
#include "lib/format.h"
#include "lib/hash.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "mm/writeback.h"

#define HASH_BUCKETS 64
#define FLAGS_KEPT                                                                                 \
	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_RELATIME)

static struct mutex tree_mutex = MUTEX_INIT(tree_mutex, RANK_MOUNT);
static struct fs_type *types;
static struct list mounts = LIST_INIT(mounts); /* those in the tree, in order of mounting */
static struct list supers = LIST_INIT(supers);
static struct list mount_hash[HASH_BUCKETS]; /* by (parent mount, mountpoint dentry) */
static u32 next_anonymous_dev, next_mount_id;

/* ---------------------------------------------------------------- types */
void fs_register(struct fs_type *type)
{
	struct fs_type **at = &types;

	while (*at)
		at = &(*at)->next;
	type->next = NULL;
	*at = type;
}

struct fs_type *fs_type_find(const char *name)
{
	struct fs_type *t = types;

	while (t && strcmp(t->name, name))
		t = t->next;
	return t;
}

void fs_types_for_each(void (*fn)(struct fs_type *t, void *arg), void *arg)
{
	for (struct fs_type *t = types; t; t = t->next)
		fn(t, arg);
}

/* ---------------------------------------------------------------- supers, under tree_mutex */
static struct super *super_alloc(const struct fs_type *type, struct block_device *bd)
{
	struct super *sb = kzalloc(sizeof(*sb));

	if (!sb)
		return NULL;
	sb->type = type;
	sb->bdev = bd;
	sb->dev = bd ? bd->dev : MKDEV(0, ++next_anonymous_dev);
	sb->block_size = PAGE_SIZE;
	list_init(&sb->inodes);
	list_init(&sb->dirty_inodes);
	list_init(&sb->link);
	mutex_init_named(&sb->rename_lock, RANK_MOUNT, "rename");
	return sb;
}

static struct super *super_find(const struct fs_type *type, const struct block_device *bd)
{
	struct super *sb;

	list_for_each (sb, &supers, link)
		if (sb->type == type && sb->bdev == bd && sb->nr_mounts)
			return sb;
	return NULL;
}

static struct super *super_make(
	const struct fs_type *type, struct block_device *bd, bool read_only, const char *data)
{
	struct super *sb = super_alloc(type, bd);
	int err;

	if (!sb)
		return ERR_PTR(-ENOMEM);
	sb->read_only = read_only;
	if (bd) {
		bd->holder = sb;
		atomic_inc(&bd->openers);
		/* What was written to the bare disk: files will read past this cache. */
		pagecache_sync(&bd->mapping, 0, FILE_END, true);
	}
	err = type->mount(sb, data ? data : "");
	if (!err) {
		list_append(&supers, &sb->link);
		return sb;
	}
	if (bd) {
		bd->holder = NULL;
		atomic_add_return(&bd->openers, -1);
	}
	kfree(sb);
	return ERR_PTR(err);
}

/* The super for one more mount: a shared one or a new one. */
static struct super *super_get(
	const struct fs_type *type, struct block_device *bd, u32 flags, const char *data)
{
	bool read_only = flags & MS_RDONLY;
	struct super *sb = bd || type->single ? super_find(type, bd) : NULL;

	if (sb)
		return sb->read_only == read_only || type->single ? sb : ERR_PTR(-EBUSY);
	if (bd && bd->holder)
		return ERR_PTR(-EBUSY);
	if (bd && bd->read_only && !read_only)
		return ERR_PTR(-EACCES);
	return super_make(type, bd, read_only, data);
}

static void super_kill(struct super *sb)
{
	struct dentry *root = sb->root;

	if (!sb->read_only)
		fs_sync_super(sb);
	dentry_shrink(sb, ~0UL);
	sb->root = NULL;
	dentry_put(root);
	if (sb->ops->drop)
		sb->ops->drop(sb);
	inode_evict_super(sb);
	if (!sb->read_only && sb->bdev) {
		if (sb->ops->sync)
			sb->ops->sync(sb);
		pagecache_sync(&sb->bdev->mapping, 0, FILE_END, true);
	}
	if (sb->ops->unmount)
		sb->ops->unmount(sb);
	if (sb->bdev) {
		pagecache_sync(&sb->bdev->mapping, 0, FILE_END, true);
		block_flush(sb->bdev);
		/* Data went past this cache: what it has of data blocks is old. */
		pagecache_invalidate(&sb->bdev->mapping, 0, FILE_END);
		sb->bdev->holder = NULL;
		atomic_add_return(&sb->bdev->openers, -1);
	}
	list_remove(&sb->link);
	kfree(sb);
}

/* ---------------------------------------------------------------- mounts */
static struct list *hash_chain(const struct mount *parent, const struct dentry *at)
{
	return &mount_hash[hash_u64((u64)parent ^ (u64)at << 1) % HASH_BUCKETS];
}

static struct mount *mount_alloc(
	struct super *sb, struct dentry *root, u32 flags, const char *source)
{
	struct mount *m = kzalloc(sizeof(*m));

	if (!m)
		return NULL;
	m->sb = sb;
	m->root = root;
	m->flags = flags & FLAGS_KEPT;
	m->id = ++next_mount_id;
	strlcpy(m->source, source && *source ? source : "none", sizeof(m->source));
	list_init(&m->link);
	list_init(&m->hash_link);
	atomic_set(&m->refs, 1);
	dentry_get(root);
	sb->nr_mounts++;
	return m;
}

/* => tree_mutex held */
static void mount_free(struct mount *m)
{
	struct super *sb = m->sb;

	dentry_put(m->root);
	kfree(m);
	if (!--sb->nr_mounts)
		super_kill(sb);
}

void mount_put(struct mount *m)
{
	s32 v = atomic_read(&m->refs);
	bool dead;

	while (v > 1)
		if (__atomic_compare_exchange_n(
			    &m->refs.v, &v, v - 1, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
			return;
	/* The last one under the lock: a walk there may have borrowed m from a working directory
	 * that changes just now. */
	spin_lock(&dcache_lock);
	dead = atomic_dec_and_test(&m->refs);
	spin_unlock(&dcache_lock);
	if (!dead)
		return;
	mutex_lock(&tree_mutex);
	mount_free(m);
	mutex_unlock(&tree_mutex);
}

static struct mount *find_locked(const struct mount *parent, const struct dentry *at)
{
	struct mount *m;

	list_for_each (m, hash_chain(parent, at), hash_link)
		if (m->parent == parent && m->mountpoint == at)
			return m;
	return NULL;
}

void mount_follow_down_locked(struct path *p)
{
	struct mount *m;

	while (p->dentry->is_mountpoint && (m = find_locked(p->mount, p->dentry))) {
		p->mount = m;
		p->dentry = m->root;
	}
}

void mount_follow_down(struct path *p)
{
	struct path old = *p;

	if (!p->dentry->is_mountpoint)
		return;
	spin_lock(&dcache_lock);
	mount_follow_down_locked(p);
	path_get(p);
	spin_unlock(&dcache_lock);
	path_put(&old);
}

bool mount_follow_up(struct path *p)
{
	struct path old = *p;
	bool up = false;

	spin_lock(&dcache_lock);
	if (p->dentry == p->mount->root && p->mount->parent) {
		p->dentry = old.mount->mountpoint;
		p->mount = old.mount->parent;
		path_get(p);
		up = true;
	}
	spin_unlock(&dcache_lock);
	if (up)
		path_put(&old);
	return up;
}

bool dentry_has_mounts(const struct dentry *d)
{
	return d->is_mountpoint;
}

int mount_want_write(struct mount *m)
{
	atomic_inc(&m->writers);
	atomic_inc(&m->sb->writers);
	if (!m->sb->read_only && !(m->flags & MS_RDONLY))
		return 0;
	mount_drop_write(m);
	return -EROFS;
}

void mount_drop_write(struct mount *m)
{
	atomic_add_return(&m->sb->writers, -1);
	atomic_add_return(&m->writers, -1);
}

/* ---------------------------------------------------------------- the tree, under tree_mutex */
/* Hangs m on `at`, of which it takes references. => dcache_lock held */
static void attach_locked(struct mount *m, const struct path *at)
{
	path_get(at);
	m->parent = at->mount;
	m->mountpoint = at->dentry;
	m->mountpoint->is_mountpoint = true;
	list_push(hash_chain(m->parent, m->mountpoint), &m->hash_link);
}

/* Takes m off its mountpoint; `was` gets the references. => dcache_lock held */
static void detach_locked(struct mount *m, struct path *was)
{
	struct mount *other;
	bool more = false;

	was->mount = m->parent;
	was->dentry = m->mountpoint;
	list_remove(&m->hash_link);
	m->parent = NULL;
	m->mountpoint = NULL;
	list_for_each (other, &mounts, link)
		more |= other->mountpoint == was->dentry;
	was->dentry->is_mountpoint = more;
}

/* Puts a new mount, whose reference becomes the tree's, on the path. */
static int attach(struct mount *m, const struct path *path)
{
	struct path at = *path;
	int err = 0;

	path_get(&at);
	mount_follow_down(&at); /* somebody may have mounted there since */
	if (S_ISDIR(m->root->inode->mode) != S_ISDIR(at.dentry->inode->mode))
		err = -ENOTDIR;
	else if (at.mount->sb == m->sb && at.dentry == at.mount->root && at.dentry == m->root)
		err = -EBUSY; /* the same thing twice in one place */
	else if (at.mount->detached || at.mount->internal)
		err = -EINVAL;
	if (!err) {
		spin_lock(&dcache_lock);
		if (at.dentry->unhashed)
			err = -ENOENT;
		else
			attach_locked(m, &at);
		spin_unlock(&dcache_lock);
	}
	if (!err)
		list_append(&mounts, &m->link);
	path_put(&at);
	return err;
}

static int mount_new(const struct fs_type *type, struct block_device *bd, const char *source,
	const struct path *at, u32 flags, const char *data)
{
	struct super *sb;
	struct mount *m;
	int err;

	mutex_lock(&tree_mutex);
	sb = super_get(type, bd, flags, data);
	err = (int)PTR_ERR(sb);
	if (IS_ERR(sb))
		goto out;
	m = mount_alloc(sb, sb->root, flags, source);
	if (!m) {
		err = -ENOMEM;
		if (!sb->nr_mounts)
			super_kill(sb);
		goto out;
	}
	err = attach(m, at);
	if (err)
		mount_free(m);
out:
	mutex_unlock(&tree_mutex);
	return err;
}

/* The disk that `source` names: a node somewhere, or the bare name. */
static struct block_device *find_disk(const char *source)
{
	struct block_device *bd;
	struct path p;
	int err;

	if (!source || !*source)
		return ERR_PTR(-EINVAL);
	bd = block_find(source);
	err = namei_lookup(AT_FDCWD, source, LOOKUP_FOLLOW, &p);
	if (err)
		return bd ? bd : ERR_PTR(err);
	if (S_ISBLK(p.dentry->inode->mode))
		bd = p.mount->flags & MS_NODEV ? ERR_PTR(-EACCES)
					       : block_find_dev(p.dentry->inode->rdev);
	else
		bd = ERR_PTR(-ENOTBLK);
	path_put(&p);
	return bd ? bd : ERR_PTR(-ENXIO);
}

int mount_at(
	const char *type, const char *source, const struct path *at, u32 flags, const char *data)
{
	struct fs_type *t = fs_type_find(type);
	struct block_device *bd = NULL;

	if (!t)
		return -ENODEV;
	if (t->needs_device) {
		bd = find_disk(source);
		if (IS_ERR(bd))
			return (int)PTR_ERR(bd);
	}
	return mount_new(t, bd, source && *source ? source : t->name, at, flags, data);
}

int mount_bind(const struct path *from, const struct path *at)
{
	struct mount *m;
	int err = -ENOMEM;

	mutex_lock(&tree_mutex);
	m = mount_alloc(from->mount->sb, from->dentry, from->mount->flags, from->mount->source);
	if (m) {
		err = from->mount->internal ? -EINVAL : attach(m, at);
		if (err)
			mount_free(m);
	}
	mutex_unlock(&tree_mutex);
	return err;
}

static bool is_below(const struct mount *m, const struct mount *top)
{
	while (m && m != top)
		m = m->parent;
	return m != NULL;
}

int mount_move(const struct path *from, const struct path *at)
{
	struct mount *m = from->mount;
	struct path was = { NULL, NULL };
	int err = -EINVAL;

	mutex_lock(&tree_mutex);
	if (from->dentry != m->root || !m->parent)
		goto out;
	err = -ENOTDIR;
	if (S_ISDIR(m->root->inode->mode) != S_ISDIR(at->dentry->inode->mode))
		goto out;
	err = -ELOOP;
	if (is_below(at->mount, m))
		goto out;
	spin_lock(&dcache_lock);
	err = at->dentry->unhashed ? -ENOENT : 0;
	if (!err) {
		detach_locked(m, &was);
		attach_locked(m, at);
	}
	spin_unlock(&dcache_lock);
	if (!err)
		path_put(&was);
out:
	mutex_unlock(&tree_mutex);
	return err;
}

/* ---------------------------------------------------------------- remount */
static int super_set_read_only(struct super *sb)
{
	int err;

	if (sb->read_only)
		return 0;
	sb->read_only = true; /* from now on no new writer; the old ones count */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	err = atomic_read(&sb->writers) || inode_super_has_orphans(sb) ? -EBUSY : 0;
	if (!err)
		err = fs_sync_super(sb);
	if (!err && sb->ops->remount)
		err = sb->ops->remount(sb, true);
	if (!err && sb->bdev) {
		err = pagecache_sync(&sb->bdev->mapping, 0, FILE_END, true);
		block_flush(sb->bdev);
	}
	if (err)
		sb->read_only = false;
	return err;
}

static int super_set_writable(struct super *sb)
{
	int err;

	if (!sb->read_only)
		return 0;
	if (sb->bdev && sb->bdev->read_only)
		return -EROFS;
	err = sb->ops->remount ? sb->ops->remount(sb, false) : 0;
	if (!err)
		sb->read_only = false;
	return err;
}

/* This mount only. */
static int mount_set_flags(struct mount *m, u32 flags)
{
	u32 old = m->flags;

	m->flags = flags & FLAGS_KEPT;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if ((flags & MS_RDONLY) && !(old & MS_RDONLY) && atomic_read(&m->writers)) {
		m->flags = old;
		return -EBUSY;
	}
	return 0;
}

static int remount_locked(const struct path *at, u32 flags)
{
	struct mount *m = at->mount;
	int err;

	if (at->dentry != m->root)
		return -EINVAL;
	if (!(flags & MS_BIND)) {
		err = flags & MS_RDONLY ? super_set_read_only(m->sb) : super_set_writable(m->sb);
		if (err)
			return err;
	}
	return mount_set_flags(m, flags);
}

int mount_remount(const struct path *at, u32 flags, const char *data)
{
	int err;

	(void)data;
	mutex_lock(&tree_mutex);
	err = remount_locked(at, flags);
	mutex_unlock(&tree_mutex);
	return err;
}

/* ---------------------------------------------------------------- unmount */
/* Out of the tree, with the tree's reference and its mountpoint's put. */
static void take_out(struct mount *m, struct list *gone)
{
	list_remove(&m->link);
	list_append(gone, &m->link);
	m->detached = true;
}

static void put_gone(struct list *gone)
{
	struct mount *m, *next;
	struct path was;

	list_for_each_safe (m, next, gone, link) {
		list_remove(&m->link);
		spin_lock(&dcache_lock);
		detach_locked(m, &was);
		spin_unlock(&dcache_lock);
		dentry_put(was.dentry);
		/* tree_mutex is held, so not mount_put(); the caller's path keeps the topmost one
		 * alive */
		if (atomic_dec_and_test(&was.mount->refs))
			mount_free(was.mount);
		if (atomic_dec_and_test(&m->refs))
			mount_free(m);
	}
}

static void take_out_tree(struct mount *top, struct list *gone)
{
	struct mount *m, *next;

	list_for_each_safe (m, next, &mounts, link)
		if (is_below(m, top))
			take_out(m, gone);
}

static int unmount_locked(struct mount *m, u32 flags)
{
	struct list gone = LIST_INIT(gone);
	int err = 0;

	if (flags & MNT_DETACH) {
		take_out_tree(m, &gone);
	} else {
		/* nobody finds it now: in the tree and at the caller's is 2 */
		spin_lock(&dcache_lock);
		if (atomic_read(&m->refs) > 2)
			err = -EBUSY;
		else
			take_out(m, &gone);
		if (!err)
			list_remove(&m->hash_link);
		spin_unlock(&dcache_lock);
	}
	put_gone(&gone);
	return err;
}

int mount_unmount(const struct path *at, u32 flags)
{
	struct mount *m = at->mount;
	int err;

	if (at->dentry != m->root || m->internal)
		return -EINVAL;
	mutex_lock(&tree_mutex);
	if (m->detached)
		err = -EINVAL;
	else if (!m->parent) /* the root cannot go: it becomes read-only, as on Linux */
		err = flags & MNT_DETACH ? -EINVAL : remount_locked(at, m->flags | MS_RDONLY);
	else
		err = unmount_locked(m, flags);
	mutex_unlock(&tree_mutex);
	return err;
}

void mount_for_each(void (*fn)(struct mount *m, void *arg), void *arg)
{
	struct mount *m;

	mutex_lock(&tree_mutex);
	list_for_each (m, &mounts, link)
		fn(m, arg);
	mutex_unlock(&tree_mutex);
}

struct mount *mount_kernel_internal(const char *type)
{
	struct fs_type *t = fs_type_find(type);
	struct mount *m = NULL;
	struct super *sb;

	if (!t)
		return NULL;
	mutex_lock(&tree_mutex);
	sb = super_make(t, NULL, false, NULL);
	if (!IS_ERR(sb))
		m = mount_alloc(sb, sb->root, MS_NOSUID | MS_NODEV, type);
	if (m) {
		m->internal = true;
		sb->internal = m;
	}
	mutex_unlock(&tree_mutex);
	return m;
}

int mount_bare(struct super *sb, u32 magic)
{
	static const struct super_ops ops;
	struct inode *root;

	sb->ops = &ops;
	sb->magic = magic;
	root = inode_new(sb, (ino_t)-1);
	if (!root)
		return -ENOMEM;
	root->mode = S_IFDIR | 0555;
	inode_new_done(root);
	return dentry_set_root(sb, root);
}

/* ---------------------------------------------------------------- sync */
/* Metadata of one super, when its data is written. */
static int sync_metadata(struct super *sb)
{
	int err = inode_write_dirty(sb), e;

	if (sb->ops->sync) {
		e = sb->ops->sync(sb);
		err = err ? err : e;
	}
	if (sb->bdev) {
		e = pagecache_sync(&sb->bdev->mapping, 0, FILE_END, true);
		err = err ? err : e;
		e = block_flush(sb->bdev);
		err = err ? err : e;
	}
	return err;
}

int fs_sync_super(struct super *sb)
{
	if (!sb->bdev)
		return 0;
	writeback_sync_all(true);
	return sync_metadata(sb);
}

int fs_sync_all(void)
{
	struct super *sb;
	int err = 0, e;

	writeback_sync_all(true);
	mutex_lock(&tree_mutex);
	list_for_each (sb, &supers, link) {
		e = sb->bdev && !sb->read_only ? sync_metadata(sb) : 0;
		err = err ? err : e;
	}
	mutex_unlock(&tree_mutex);
	return err;
}

void fs_for_each_super(void (*fn)(struct super *sb, void *arg), void *arg)
{
	struct super *sb;

	mutex_lock(&tree_mutex);
	list_for_each (sb, &supers, link)
		fn(sb, arg);
	mutex_unlock(&tree_mutex);
}

static void write_dirty_inodes(struct super *sb, void *unused)
{
	(void)unused;
	inode_write_dirty(sb);
}

void fs_write_dirty_inodes(void)
{
	fs_for_each_super(write_dirty_inodes, NULL);
}

/* ---------------------------------------------------------------- the root */
struct text {
	char buf[512];
	size_t len;
};

static void list_disk(struct block_device *bd, void *arg)
{
	struct text *t = arg;

	t->len += (size_t)scnprintf(t->buf + t->len, sizeof(t->buf) - t->len, " %s (%lu KiB%s)",
		bd->name, bd->nr_sectors / 2, bd->read_only ? ", read-only" : "");
}

static void no_root(const char *disk, const char *type, int err) __noreturn;
static void no_root(const char *disk, const char *type, int err)
{
	struct text t = { .len = 0 };

	block_for_each(list_disk, &t);
	panic("cannot mount the root filesystem: root=%s rootfstype=%s: error %d. Disks:%s", disk,
		*type ? type : "(any)", -err, t.len ? t.buf : " none");
}

static struct super *try_root(const char *disk, const char *type_name, u32 *flags)
{
	struct fs_type *type = *type_name ? fs_type_find(type_name) : NULL;
	struct block_device *bd = block_find(disk);
	struct super *sb;

	if (*type_name && !type)
		return ERR_PTR(-ENODEV);
	if (type && !type->needs_device)
		return super_get(type, NULL, *flags, NULL);
	if (!bd)
		return ERR_PTR(-ENXIO);
	if (bd->read_only)
		*flags |= MS_RDONLY;
	if (type)
		return super_get(type, bd, *flags, NULL);
	sb = ERR_PTR(-ENODEV);
	for (type = types; type && IS_ERR(sb); type = type->next)
		if (type->needs_device)
			sb = super_get(type, bd, *flags, NULL);
	return sb;
}

static void mount_devfs(void)
{
	struct path dev;
	int err = namei_lookup(AT_FDCWD, "/dev", LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &dev);

	if (!err) {
		err = mount_at("devfs", "devfs", &dev, 0, NULL);
		path_put(&dev);
	}
	if (err)
		pr_warn("fs: no devices at /dev: error %d", -err);
}

void mount_root_from(const char *disk, const char *type, u32 flags)
{
	struct super *sb;
	struct mount *m;
	char source[40];
	struct path p;

	mutex_lock(&tree_mutex);
	sb = try_root(disk, type, &flags);
	if (IS_ERR(sb))
		no_root(disk, type, (int)PTR_ERR(sb));
	snprintf(source, sizeof(source), "%s%s", sb->bdev ? "/dev/" : "",
		sb->bdev ? sb->bdev->name : sb->type->name);
	m = mount_alloc(sb, sb->root, flags, source);
	if (!m)
		no_root(disk, type, -ENOMEM);
	list_append(&mounts, &m->link);
	mutex_unlock(&tree_mutex);
	p = (struct path){ m, sb->root };
	fs_context_set_root(&p);
	fs_context_set_cwd(&p);
	pr_info("fs: root is %s (%s%s)", source, sb->type->name,
		flags & MS_RDONLY ? ", read-only" : "");
	if (!sb->bdev)
		namei_mkdir(AT_FDCWD, "/dev", 0755); /* a root in memory (tests) is empty */
	mount_devfs();
}

void mount_root(void)
{
	char disk[32], type[32] = "";
	u32 flags = boot_option("ro", NULL, 0) ? MS_RDONLY : 0;

	if (!boot_option("root", disk, sizeof(disk)))
		strlcpy(disk, block_find("vda") ? "vda" : "ram0", sizeof(disk));
	boot_option("rootfstype", type, sizeof(type));
	mount_root_from(disk, type, flags);
}

void mount_init(void)
{
	for (u32 i = 0; i < HASH_BUCKETS; i++)
		list_init(&mount_hash[i]);
	pipe_init();
}

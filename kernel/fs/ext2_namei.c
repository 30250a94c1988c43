// SPDX-License-Identifier: MIT
/*
 * ext2: operations on names. The VFS holds the locks of the directories and has checked
 * permissions, types and loops; here the entries and link counts change, entries last, so that an
 * error in between leaves a lost inode at worst and never a name for a free one.
 */
#include "fs/ext2.h"
#include "fs/inode.h"
#include "lib/string.h"

static struct inode *ext2_lookup(struct inode *dir, const char *name, u32 len)
{
	ino_t ino;
	int err = ext2_dir_find(dir, name, len, &ino);

	if (err == -ENOENT)
		return NULL;
	return err ? ERR_PTR(err) : ext2_inode_get(dir->sb, ino);
}

/* Gives a finished inode its first name. */
static struct inode *link_new(struct inode *dir, const char *name, u32 len, struct inode *inode)
{
	int err = ext2_dir_add(dir, name, len, inode->ino, inode->mode);

	if (err) {
		ext2_inode_abandon(inode);
		return ERR_PTR(err);
	}
	return inode;
}

static struct inode *ext2_create(
	struct inode *dir, const char *name, u32 len, umode_t mode, dev_t rdev)
{
	struct inode *inode = ext2_inode_create(dir, mode, rdev);

	if (IS_ERR(inode))
		return inode;
	inode->nlink = 1;
	return link_new(dir, name, len, inode);
}

static struct inode *ext2_mkdir(struct inode *dir, const char *name, u32 len, umode_t mode)
{
	struct inode *inode;
	int err;

	if (dir->nlink >= EXT2_LINK_MAX)
		return ERR_PTR(-EMLINK);
	inode = ext2_inode_create(dir, S_IFDIR | (mode & 07777), 0);
	if (IS_ERR(inode))
		return inode;
	inode->nlink = 2;
	err = ext2_dir_init(inode, dir->ino);
	if (err) {
		ext2_inode_abandon(inode);
		return ERR_PTR(err);
	}
	inode = link_new(dir, name, len, inode);
	if (!IS_ERR(inode)) {
		dir->nlink++;
		inode_mark_dirty(dir);
	}
	return inode;
}

/* A long target is a file of one block. */
static int write_target(struct inode *inode, const char *target, u32 len)
{
	struct page *p = pagecache_grab(&inode->mapping, 0);
	int err;

	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	err = ext2_mapping_ops.prepare_write(&inode->mapping, p, 0, len);
	if (!err) {
		page_zero(p);
		memcpy(page_address(p), target, len);
		page_set(p, PG_UPTODATE);
		pagecache_mark_dirty(p);
	}
	page_unlock(p);
	page_put(p);
	return err;
}

static struct inode *ext2_symlink(struct inode *dir, const char *name, u32 len, const char *target)
{
	u32 target_len = (u32)strlen(target);
	struct inode *inode;
	int err = 0;

	if (target_len >= dir->sb->block_size)
		return ERR_PTR(-ENAMETOOLONG);
	inode = ext2_inode_create(dir, S_IFLNK | 0777, 0);
	if (IS_ERR(inode))
		return inode;
	inode->nlink = 1;
	mapping_set_size(&inode->mapping, target_len);
	if (target_len < sizeof(ext2_i(inode)->block))
		memcpy(ext2_i(inode)->block, target, target_len);
	else
		err = write_target(inode, target, target_len);
	if (err) {
		ext2_inode_abandon(inode);
		return ERR_PTR(err);
	}
	return link_new(dir, name, len, inode);
}

static ssize_t ext2_readlink(struct inode *inode, char *buf, size_t size)
{
	u64 len = mapping_size(&inode->mapping);
	struct page *p;

	if (len >= size || len >= PAGE_SIZE)
		return ext2_corrupt(inode->sb, "symbolic link %lu: length %lu", inode->ino, len);
	if (len < sizeof(ext2_i(inode)->block)) {
		memcpy(buf, ext2_i(inode)->block, len);
	} else {
		p = pagecache_read(&inode->mapping, 0, NULL);
		if (IS_ERR(p))
			return PTR_ERR(p);
		memcpy(buf, page_address(p), len);
		page_put(p);
	}
	buf[len] = 0;
	return (ssize_t)strnlen(buf, len);
}

static int ext2_link(struct inode *dir, const char *name, u32 len, struct inode *inode)
{
	int err;

	if (inode->nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	inode->nlink++;
	inode_touch_changed(inode);
	err = ext2_dir_add(dir, name, len, inode->ino, inode->mode);
	if (err)
		inode->nlink--;
	return err;
}

static void drop_link(struct inode *inode)
{
	if (inode->nlink)
		inode->nlink--;
	inode_touch_changed(inode);
}

static int ext2_unlink(struct inode *dir, const char *name, u32 len, struct inode *inode)
{
	int err = ext2_dir_remove(dir, name, len);

	if (!err)
		drop_link(inode);
	return err;
}

/* A directory goes: its own ".", its name, and its ".." which counted for the parent. */
static void drop_directory(struct inode *dir, struct inode *inode)
{
	inode->nlink = 0;
	inode_touch_changed(inode);
	drop_link(dir);
}

static int ext2_rmdir(struct inode *dir, const char *name, u32 len, struct inode *inode)
{
	int err;

	if (!ext2_dir_is_empty(inode))
		return -ENOTEMPTY;
	err = ext2_dir_remove(dir, name, len);
	if (!err)
		drop_directory(dir, inode);
	return err;
}

/* A directory without a sound ".." cannot be moved: that has to be known before anything is
 * changed. */
static bool has_parent(struct inode *inode, struct inode *parent)
{
	ino_t ino;

	if (!S_ISDIR(inode->mode) || (!ext2_dir_find(inode, "..", 2, &ino) && ino == parent->ino))
		return true;
	ext2_corrupt(inode->sb, "directory %lu: \"..\" is not %lu", inode->ino, parent->ino);
	return false;
}

/* A directory counts as a link of its parent. May it come from one to another, in place of target? */
static bool may_come(const struct inode *inode, const struct inode *from, const struct inode *to,
	const struct inode *target)
{
	return from == to || !S_ISDIR(inode->mode) || (target && S_ISDIR(target->mode)) ||
	       to->nlink < EXT2_LINK_MAX;
}

/* A directory that changes its parent: ".." and the parents' link counts. */
static int reparent(struct inode *inode, struct inode *from, struct inode *to)
{
	int err;

	if (!S_ISDIR(inode->mode) || from == to)
		return 0;
	err = ext2_dir_set(inode, "..", 2, to->ino, S_IFDIR);
	if (err)
		return err;
	to->nlink++;
	inode_mark_dirty(to);
	drop_link(from);
	return 0;
}

/* The new name of a rename appears, or changes hands. */
static int set_new_name(struct inode *dir, const char *name, u32 len, struct inode *inode,
	const struct inode *target)
{
	if (target)
		return ext2_dir_set(dir, name, len, inode->ino, inode->mode);
	return ext2_dir_add(dir, name, len, inode->ino, inode->mode);
}

/* The old one cannot be changed: the new one is again what it was. An inode that counts one name would
 * go with the first of two. */
static void unset_new_name(struct inode *dir, const char *name, u32 len, const struct inode *target)
{
	int err = target ? ext2_dir_set(dir, name, len, target->ino, target->mode)
			 : ext2_dir_remove(dir, name, len);

	if (err)
		ext2_corrupt(dir->sb, "directory %lu: a name too many", dir->ino);
}

static int exchange_names(struct inode *old_dir, const char *old, u32 old_len, struct inode *inode,
	struct inode *new_dir, const char *new, u32 new_len, struct inode *target)
{
	int err = set_new_name(new_dir, new, new_len, inode, target);

	if (err)
		return err;
	err = ext2_dir_set(old_dir, old, old_len, target->ino, target->mode);
	if (err) {
		unset_new_name(new_dir, new, new_len, target);
		return err;
	}
	err = reparent(inode, old_dir, new_dir);
	if (!err)
		err = reparent(target, new_dir, old_dir);
	inode_touch_changed(inode);
	inode_touch_changed(target);
	return err;
}

/* The new name appears before the old one goes: a crash between leaves two names, not none. */
static int ext2_rename(struct inode *old_dir, const char *old, u32 old_len, struct inode *inode,
	struct inode *new_dir, const char *new, u32 new_len, struct inode *target, bool exchange)
{
	int err;

	if (!has_parent(inode, old_dir) || (exchange && !has_parent(target, new_dir)))
		return -EUCLEAN;
	if (!may_come(inode, old_dir, new_dir, target) ||
		(exchange && !may_come(target, new_dir, old_dir, inode)))
		return -EMLINK;
	if (exchange)
		return exchange_names(old_dir, old, old_len, inode, new_dir, new, new_len, target);
	if (target && S_ISDIR(target->mode) && !ext2_dir_is_empty(target))
		return -ENOTEMPTY;
	err = set_new_name(new_dir, new, new_len, inode, target);
	if (err)
		return err;
	err = ext2_dir_remove(old_dir, old, old_len);
	if (err) {
		unset_new_name(new_dir, new, new_len, target);
		return err;
	}
	if (target && S_ISDIR(target->mode))
		drop_directory(new_dir, target);
	else if (target)
		drop_link(target);
	inode_touch_changed(inode);
	return reparent(inode, old_dir, new_dir);
}

const struct inode_ops ext2_dir_ops = {
	.lookup = ext2_lookup,
	.create = ext2_create,
	.mkdir = ext2_mkdir,
	.symlink = ext2_symlink,
	.link = ext2_link,
	.unlink = ext2_unlink,
	.rmdir = ext2_rmdir,
	.rename = ext2_rename,
};

const struct inode_ops ext2_file_ops = {
	.truncate = ext2_truncate,
	.punch_hole = ext2_punch_hole,
	.find_data = ext2_find_data,
};

const struct inode_ops ext2_symlink_ops = {
	.readlink = ext2_readlink,
};

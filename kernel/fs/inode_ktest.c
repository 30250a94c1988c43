/* SPDX-License-Identifier: MIT */
#include "fs/fs_ktest.h"

static bool is_busy;
static u32 nr_writes;

/* As if somebody changed the inode again and again, whenever it was written. */
static int write_inode(struct inode *inode)
{
	nr_writes++;
	if (is_busy && nr_writes < 10)
		inode_mark_dirty(inode);
	return 0;
}

static const struct super_ops busy_ops = { .write_inode = write_inode };

static int busy_mount(struct super *sb, const char *data)
{
	int err = mount_bare(sb, 0);

	(void)data;
	sb->ops = &busy_ops;
	return err;
}

static struct fs_type busy_type = { .name = "ktest_busy", .mount = busy_mount };

static void change(struct inode *inode)
{
	mutex_lock(&inode->lock);
	inode_touch_modified(inode);
	mutex_unlock(&inode->lock);
}

KTEST(inode_sync_does_not_wait_for_changes_to_end)
{
	struct fs_ktest t;
	struct path root;

	fs_register(&busy_type);
	if (!fs_ktest_begin(&t, ""))
		return;
	KCHECK(!mount_at("ktest_busy", "ktest", &t.at, 0, ""));
	KCHECK(!namei_lookup(AT, "/dev/shm", LOOKUP_FOLLOW, &root));
	is_busy = true;
	nr_writes = 0;
	change(root.dentry->inode);
	KCHECK(!inode_write_dirty(root.dentry->inode->sb));
	KCHECK(nr_writes == 1);
	is_busy = false;
	KCHECK(!inode_write_dirty(root.dentry->inode->sb)); /* what it was changed to meanwhile */
	KCHECK(nr_writes == 2);
	KCHECK(!mount_unmount(&root, 0));
	path_put(&root);
	fs_ktest_end(&t);
}

/* SPDX-License-Identifier: MIT */
/*
 * Devices by number, and /dev: one tmpfs, mounted wherever and however often one likes, with a node
 * for every device. Users may make further files in it, as in any tmpfs.
 *
 * A device node of any filesystem opens the driver that has its number: inode_init_special() gives
 * it open functions that replace file->ops by the driver's.
 *
 * Lock: registry (RANK_FILES) for the list of character devices. Nothing is ever unregistered.
 */
#include "fs/devfs.h"

#include "block/block.h"
#include "debug/printk.h"
#include "fs/blkdev.h"
#include "fs/dentry.h"
#include "fs/devmem.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/pipe.h"
#include "fs/random.h"
#include "fs/tmpfs.h"
#include "mm/slab.h"

struct chrdev {
	struct list link;
	dev_t dev;
	const char *name;
	umode_t mode;
	const struct file_ops *ops;
	void *private;
};

static struct spinlock registry = SPINLOCK_INIT(registry, RANK_FILES);
static struct list chrdevs = LIST_INIT(chrdevs);
static struct inode *root; /* of /dev, once it has been mounted; its super stays */

/* ---------------------------------------------------------------- character devices */
static struct chrdev *chrdev_find(dev_t dev)
{
	struct chrdev *c, *found = NULL;

	spin_lock(&registry);
	list_for_each (c, &chrdevs, link)
		if (c->dev == dev) {
			found = c;
			break;
		}
	spin_unlock(&registry);
	return found;
}

int chrdev_register(
	dev_t dev, const char *name, umode_t mode, const struct file_ops *ops, void *private)
{
	struct chrdev *c;

	if (chrdev_find(dev))
		return -EEXIST;
	c = kmalloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	*c = (struct chrdev){
		.dev = dev, .name = name, .mode = mode, .ops = ops, .private = private
	};
	spin_lock(&registry);
	list_append(&chrdevs, &c->link);
	spin_unlock(&registry);
	return root ? tmpfs_make_node(root, name, S_IFCHR | mode, dev, NULL) : 0;
}

void *chrdev_private(struct file *f)
{
	struct chrdev *c = chrdev_find(f->inode->rdev);

	return c ? c->private : NULL;
}

static int chrdev_open(struct inode *inode, struct file *f)
{
	struct chrdev *c = chrdev_find(inode->rdev);

	if (!c)
		return -ENXIO;
	f->ops = c->ops;
	f->private = c->private;
	return c->ops->open ? c->ops->open(inode, f) : 0;
}

static const struct file_ops chrdev_ops = { .open = chrdev_open };

void inode_init_special(struct inode *inode, umode_t mode, dev_t rdev)
{
	inode->rdev = rdev;
	switch (mode & S_IFMT) {
	case S_IFCHR:
		inode->fops = &chrdev_ops;
		break;
	case S_IFBLK:
		inode->fops = &blkdev_file_ops;
		break;
	case S_IFIFO:
		inode->fops = &fifo_file_ops;
		break;
	default:
		inode->fops = NULL; /* a socket: opening is -ENXIO */
	}
}

/* ---------------------------------------------------------------- /dev */
static void add_disk(struct block_device *bd, void *arg)
{
	(void)arg;
	if (tmpfs_make_node(root, bd->name, S_IFBLK | 0660, bd->dev, NULL))
		pr_warn("devfs: no memory for /dev/%s", bd->name);
}

static void populate(void)
{
	static const struct {
		const char *name, *target;
	} links[] = {
		{ "fd", "/proc/self/fd" },
		{ "stdin", "/proc/self/fd/0" },
		{ "stdout", "/proc/self/fd/1" },
		{ "stderr", "/proc/self/fd/2" },
	};
	struct chrdev *c;
	int err = 0;

	/* The list only grows at its end, so it may be walked without the lock. */
	list_for_each (c, &chrdevs, link)
		err |= tmpfs_make_node(root, c->name, S_IFCHR | c->mode, c->dev, NULL);
	for (u32 i = 0; i < ARRAY_SIZE(links); i++)
		err |= tmpfs_make_node(root, links[i].name, 0, 0, links[i].target);
	err |= tmpfs_make_node(root, "shm", S_IFDIR | 01777, 0, NULL);
	err |= tmpfs_make_node(root, "pts", S_IFDIR | 0755, 0, NULL);
	if (err)
		pr_warn("devfs: some nodes are missing");
	block_for_each(add_disk, NULL);
}

static int devfs_mount(struct super *sb, const char *data)
{
	int err;

	(void)data;
	err = tmpfs_mount(sb, "mode=755");
	if (err)
		return err;
	sb->nr_mounts++; /* for ever: `root` is used by whoever registers a device */
	root = sb->root->inode;
	populate();
	return 0;
}

static struct fs_type devfs = { .name = "devfs", .single = true, .mount = devfs_mount };

void devfs_init(void)
{
	random_init();
	fs_register(&devfs);
	devmem_init();
}

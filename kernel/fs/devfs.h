/* SPDX-License-Identifier: MIT */
/* /dev: nodes that drivers register; any other filesystem's device nodes open the same drivers by
 * number. */
#pragma once

#include "fs/vfs.h"

/* A character device: /dev/NAME appears, and opening major:minor uses ops (private:
 * file->inode->private gets `private`... see chrdev_private()). 0 or -ENOMEM, -EEXIST. */
int chrdev_register(
	dev_t dev, const char *name, umode_t mode, const struct file_ops *ops, void *private);
/* Used by every filesystem for S_IFCHR, S_IFBLK and S_IFIFO inodes: sets inode->fops. */
void inode_init_special(struct inode *inode, umode_t mode, dev_t rdev);
/* The `private` of the device that f was opened on. */
void *chrdev_private(struct file *f);
void devfs_init(void);

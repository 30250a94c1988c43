/* SPDX-License-Identifier: MIT */
/* tmpfs: files in memory. devfs is one of them with nodes in it; memfd and shared anonymous memory
 * are its unnamed files. */
#pragma once

#include "fs/vfs.h"

#define TMPFS_MAGIC 0x01021994

/* fs_type.mount; data: "size=N[kmg%],nr_inodes=N,mode=OCT,uid=N,gid=N". */
int tmpfs_mount(struct super *sb, const char *data);
/* For the kernel: makes a node (device, directory, or a symbolic link to `target`) in a tmpfs
 * directory. -EEXIST, -ENOMEM. */
int tmpfs_make_node(
	struct inode *dir, const char *name, umode_t mode, dev_t rdev, const char *target);
/* An unnamed file of this size: memfd_create(2), shared memory. name: as path_format() shows it;
 * sealable: seals can be added (seal.h). ERR_PTR. */
struct file *tmpfs_unnamed_file(const char *name, u64 size, u32 flags, bool sealable);
void tmpfs_init(void);

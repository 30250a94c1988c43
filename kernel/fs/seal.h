/* SPDX-License-Identifier: MIT */
/* Seals of memory files (memfd_create(2)): what can no longer be done to a file, by anybody. */
#pragma once

#include "fs/vfs.h"

/* Of a new memory file: may seals be added? */
void seal_init(struct inode *inode, bool sealable);
/* fcntl(F_ADD_SEALS): 0; -EPERM (not open for writing, or F_SEAL_SEAL), -EINVAL (unknown seals, or no
 * memory file), -EBUSY (F_SEAL_WRITE while a shared mapping may write). May sleep. */
int seal_add(struct file *f, u32 seals);
/* fcntl(F_GET_SEALS): F_SEAL_*, or -EINVAL. */
s64 seal_get(struct file *f);

/* May the inode be written, from pos on? How many of the len bytes; -EPERM: none. => inode->lock
 * held */
s64 seal_clip_write(const struct inode *inode, u64 pos, u64 len);
/* May it get this size? 0 or -EPERM. => inode->lock held */
int seal_check_size(const struct inode *inode, u64 size);
/* May contents be taken away (holes)? 0 or -EPERM. => inode->lock held */
int seal_check_punch(const struct inode *inode);
/* file_ops.map of memory files: generic_map(), but a file that is sealed against writing is mapped
 * shared only for reading, and for ever. */
int seal_map(struct file *f, struct map_request *rq);

/* SPDX-License-Identifier: MIT */
/* pipe(7): pipes and fifos. */
#pragma once

#include "fs/vfs.h"

/* pipe2(2): files[0] for reading, files[1] for writing, with these O_NONBLOCK | O_DIRECT flags. 0
 * or -ENOMEM. */
int pipe_create(struct file *files[2], u32 flags);
/* Opening a fifo's inode (open(2) and fifo(7) say who waits for whom). */
extern const struct file_ops fifo_file_ops;
/* F_GETPIPE_SZ, F_SETPIPE_SZ: bytes; -EBADF: not a pipe, -EBUSY, -EPERM, -EINVAL, -ENOMEM. */
s64 pipe_get_size(struct file *f);
s64 pipe_set_size(struct file *f, u64 size);
void pipe_init(void);

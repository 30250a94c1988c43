/* SPDX-License-Identifier: MIT */
/* Advisory locks: flock(2), fcntl(2) byte ranges owned by a process (its descriptor table) or by an
 * open file (F_OFD_*). */
#pragma once

#include <linux/fcntl.h>
#include "fs/vfs.h"

/* F_GETLK, F_SETLK, F_SETLKW and their F_OFD_* forms. *fl is the user's, and gets the answer of
 * F_GETLK. pid: for l_pid. 0 or -errno (EAGAIN, EDEADLK, EBADF, EINVAL, EOVERFLOW, ENOMEM,
 * -ERESTARTSYS). May sleep. */
int file_lock_range(struct file *f, u32 cmd, struct flock *fl, pid_t pid);
/* flock(2): LOCK_SH, LOCK_EX, LOCK_UN, with LOCK_NB. */
int file_lock_whole(struct file *f, int operation);
/* A process closes a descriptor of f: its range locks on the file go, whichever descriptor made
 * them. owner: its descriptor table. */
void file_locks_close(struct file *f, void *owner);
/* The last reference of f is gone: flock and F_OFD_* locks. */
void file_locks_release(struct file *f);

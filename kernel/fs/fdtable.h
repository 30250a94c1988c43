/* SPDX-License-Identifier: MIT */
/* The table of file descriptors of a thread, which it may share (clone(2), CLONE_FILES). */
#pragma once

#include "fs/vfs.h"
#include "sched/thread.h"

struct fd_table {
	struct spinlock lock; /* RANK_FILES */
	atomic_t refs;        /* threads that have it */
	u32 size;
	struct file **files;
	u64 *open_map, *cloexec_map;
	u32 next_free; /* no free descriptor below it */
};

static inline struct fd_table *current_files(void)
{
	return current_thread()->files;
}

struct fd_table *fd_table_create(void);
struct fd_table *fd_table_copy(struct fd_table *old); /* NULL: no memory */
void fd_table_put(struct fd_table *t);                /* the last one closes all. May sleep */
void fd_table_close_on_exec(struct fd_table *t);

/* Of the current thread. */
/* The file with a reference, or NULL (-EBADF). O_PATH files only by fd_get_any. */
struct file *fd_get(int fd);
struct file *fd_get_any(int fd);
/* The lowest free descriptor >= min, reserved (not yet visible); -EMFILE, -ENOMEM. Then fd_install
 * or fd_release. */
int fd_reserve(u32 min, bool cloexec);
void fd_install(int fd, struct file *f); /* takes over the reference */
void fd_release(int fd);
int fd_close(int fd);
int fd_dup_to(int from, int to, bool cloexec); /* dup2/dup3's replacement step */
bool fd_get_cloexec(int fd, bool *cloexec);
bool fd_set_cloexec(int fd, bool cloexec);
/* The file of another thread's table (procfs), which does not go away; reference. */
struct file *fd_table_get(struct fd_table *t, int fd);
/* The next open descriptor >= fd, or -1. */
int fd_table_next(struct fd_table *t, int fd);

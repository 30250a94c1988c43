/* SPDX-License-Identifier: MIT */
/* Where a thread is: its root, working directory and umask. Threads and processes may share them
 * (clone(2), CLONE_FS). proc/ makes, copies and frees them; what is open is in fdtable.h, who the
 * thread is in sched/cred.h. */
#pragma once

#include "fs/vfs.h"
#include "sched/cred.h"
#include "sched/thread.h"

struct fs_context {
	atomic_t refs;        /* threads that have it */
	struct spinlock lock; /* RANK_FILES: the following */
	struct path root, cwd;
	umode_t umask; /* read without */
	u32 nr_execs;  /* as many execve(2) counted who shares it: nobody may begin to */
};

static inline struct fs_context *current_fs(void)
{
	return current_thread()->fs;
}

/* Of the current thread: the root or working directory, with references. */
void fs_context_get_root(struct path *out);
void fs_context_get_cwd(struct path *out);
/* Replaces it; takes its own references. */
void fs_context_set_root(const struct path *p);
void fs_context_set_cwd(const struct path *p);

extern struct fs_context initial_fs_context; /* of kernel threads */
/* The same for one more thread. NULL: not during exec. */
struct fs_context *fs_context_share(struct fs_context *c);
struct fs_context *fs_context_copy(struct fs_context *old); /* NULL: no memory */
void fs_context_put(struct fs_context *c);                  /* may sleep */
/* The two halves of it: true, it was the last one, and now it is to be freed. */
bool fs_context_drop(struct fs_context *c);
void fs_context_free(struct fs_context *c); /* may sleep */

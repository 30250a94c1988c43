/* SPDX-License-Identifier: MIT */
/* What the filesystem knows of a process: where it is, who it is, what it has open. proc/ makes,
 * copies and frees it. */
#pragma once

#include "fs/fdtable.h"
#include "fs/vfs.h"
#include "sched/thread.h"

#define NGROUPS_MAX_HERE 32
struct cred {
	uid_t uid, euid, suid, fsuid;
	gid_t gid, egid, sgid, fsgid;
	u32 nr_groups;
	gid_t groups[NGROUPS_MAX_HERE];
};

struct fs_context {
	atomic_t refs;
	struct spinlock lock; /* RANK_FILES: root, cwd */
	struct path root, cwd;
	umode_t umask;
	struct cred cred; /* changed by its own process only */
	struct fd_table *files;
	u64 limit_fsize, limit_nofile; /* RLIMIT_FSIZE, RLIMIT_NOFILE; proc keeps them up to date */
};

/* References of a process's context while it has one thread: the process's and the thread's. */
#define FS_CONTEXT_ALONE 2

static inline struct fs_context *current_fs(void)
{
	return current_thread()->fs;
}

static inline struct cred *current_cred(void)
{
	return &current_fs()->cred;
}

/* Superuser rights: euid 0 (there are no finer capabilities). */
static inline bool cred_is_root(const struct cred *c)
{
	return c->euid == 0;
}

/* Of the current process: the current root or working directory, with references. */
void fs_context_get_root(struct path *out);
void fs_context_get_cwd(struct path *out);
/* Replaces it; takes its own references. */
void fs_context_set_root(const struct path *p);
void fs_context_set_cwd(const struct path *p);

extern struct fs_context initial_fs_context; /* kernel threads and init */
/* A copy for fork (files are copied, or shared by reference when share_files). NULL: no memory. */
struct fs_context *fs_context_fork(struct fs_context *old, bool share_files);
void fs_context_put(struct fs_context *c); /* the last one closes the files. May sleep */

/* SPDX-License-Identifier: MIT */
/* What the current thread shares with others becomes its own: unshare(2), close_range(2), execve(2).
 * All copies are made first, then all of them take their places. */
#pragma once

#include "lib/types.h"

struct fd_table;
struct fs_context;
struct sighand;

/* The copies; NULL: it is not wanted or not shared. */
struct unshare {
	struct fd_table *files;
	struct fs_context *fs;
	struct sighand *sighand;
};

/*
 * Makes copies of what is shared with anybody, threads of this process included. what: CLONE_FILES (open
 * files), CLONE_FS (root, working directory, umask), CLONE_SIGHAND (signal handlers). 0, or
 * -ENOMEM and nothing is left of it. May sleep.
 */
int unshare_prepare(struct unshare *u, u64 what);
/* Those copies that are still needed become the current thread's. Cannot fail; may sleep. With
 * CLONE_SIGHAND: => the thread is its process's only one */
void unshare_commit(struct unshare *u);
/* Instead of it. May sleep. */
void unshare_cancel(struct unshare *u);

/* Both: 0 or -ENOMEM, and nothing has changed. */
int unshare_now(u64 what);

/* SPDX-License-Identifier: MIT */
/* What /proc says: shared between procfs_pid.c (a process), procfs_maps.c (its memory) and procfs_system.c (everything else). */
#pragma once

#include "fs/procfs.h"

/* object: a struct process. */
int procfs_show_maps(struct proc_text *t, void *object);
int procfs_show_smaps(struct proc_text *t, void *object);
int procfs_show_smaps_rollup(struct proc_text *t, void *object);
int procfs_show_mounts(struct proc_text *t, void *object);
int procfs_show_mountinfo(struct proc_text *t, void *object);

/* The processes as children of /proc. */
int procfs_pid_lookup(void *object, const char *name, u32 len, struct proc_child *child);
bool procfs_pid_next(void *object, u64 *cursor, struct proc_child *child);

/* The length of a text up to its newline or end. */
static inline size_t strcspn_newline(const char *text)
{
	size_t n = 0;

	while (text[n] && text[n] != '\n')
		n++;
	return n;
}

void procfs_files_init(void); /* sets /proc's root; before the first mount */

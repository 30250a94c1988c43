/* SPDX-License-Identifier: MIT */
/*
 * What /proc says: shared between procfs_pid.c (the directory of a process), procfs_status.c (its
 * figures), procfs_mem.c (its memory's bytes), procfs_maps.c (what is mapped), procfs_pages.c (pages one
 * by one), procfs_memory.c (memory as a whole), procfs_system.c (everything else) and procfs_sys.c
 * (/proc/sys).
 */
#pragma once

#include "fs/procfs.h"
#include "proc/process.h"

/* What the entries of /proc/PID, /proc/TID and /proc/PID/task/TID are about: their object.
 * Counted. */
struct proc_subject {
	atomic_t refs;
	struct process *process; /* with a reference */
	struct thread *thread;   /* with a reference; NULL: the process's leader, whoever it is */
	pid_t tid;               /* the number that the thread was found by */
	bool is_task;            /* below task/: times and faults are the thread's alone */
};

static inline struct process *subject_process(void *object)
{
	return ((struct proc_subject *)object)->process;
}

/* => process_lock held */
static inline struct thread *subject_thread_locked(void *object)
{
	struct proc_subject *s = object;

	return s->thread ? s->thread : s->process->leader;
}

/* Its memory, with a reference (mm_put). NULL: it has exited. */
static inline struct mm *subject_get_mm(void *object)
{
	struct proc_subject *s = object;

	return process_get_mm(s->process, s->thread);
}

/* The process whose /proc/PID is open as f, without a reference of its own; NULL: it is another file. */
struct process *procfs_process(const struct file *f);
/* Its root directory, with references. False: it has exited. */
bool subject_root(void *object, struct path *out);
/* Who it is, with a reference. */
const struct cred *subject_cred(void *object);

/* object: a struct proc_subject. */
int procfs_show_pid_stat(struct proc_text *t, void *object);
int procfs_show_pid_statm(struct proc_text *t, void *object);
int procfs_show_pid_status(struct proc_text *t, void *object);
int procfs_show_pid_comm(struct proc_text *t, void *object);
ssize_t procfs_read_cmdline(struct proc_io *io);
ssize_t procfs_write_pid_comm(void *object, const char *text, size_t len);

/* Files that show the memory that was there when they were opened: what they show later is what
 * permission was given for then, whatever the process has become. *opened: the struct mm; NULL: there was
 * none. */
int procfs_open_memory(void *object, void **opened);
void procfs_close_memory(void *mm);

/* object: that. */
ssize_t procfs_read_mem(struct proc_io *io);
ssize_t procfs_write_mem(struct proc_io *io);
ssize_t procfs_read_environ(struct proc_io *io);
int procfs_show_auxv(struct proc_text *t, void *opened);
bool procfs_step_maps(struct proc_text *t, void *object, u64 *cursor);
bool procfs_step_smaps(struct proc_text *t, void *object, u64 *cursor);
int procfs_show_smaps_rollup(struct proc_text *t, void *object);
ssize_t procfs_read_pagemap(struct proc_io *r);

ssize_t procfs_read_kpagecount(struct proc_io *r);
ssize_t procfs_read_kpageflags(struct proc_io *r);

/* object: not used. */
int procfs_show_meminfo(struct proc_text *t, void *object);
int procfs_show_vmstat(struct proc_text *t, void *object);
int procfs_show_slabinfo(struct proc_text *t, void *object);
int procfs_show_buddyinfo(struct proc_text *t, void *object);
int procfs_show_mounts(struct proc_text *t, void *object);
int procfs_show_mountinfo(struct proc_text *t, void *object);

/* The processes as children of /proc. */
int procfs_pid_lookup(void *object, const char *name, u32 len, struct proc_child *child);
bool procfs_pid_next(void *object, u64 *cursor, struct proc_child *child);

/* The number that a name is, all of it; -ENOENT: it is none. */
s64 procfs_number(const char *name, u32 len);

/* How often /proc/sys/vm/drop_caches was told to. */
extern u64 procfs_nr_drop_pagecache, procfs_nr_drop_slab;

/* The tree below /proc/sys. */
extern const struct proc_dir procfs_sys_dir;

#define PROC_FILE(entry_name, permissions, function)                                               \
	{                                                                                          \
		.name = entry_name, .mode = S_IFREG | (permissions), .show = function              \
	}
#define PROC_DIR(entry_name, permissions, table)                                                   \
	{                                                                                          \
		.name = entry_name, .mode = S_IFDIR | (permissions), .dir = table                  \
	}

void procfs_files_init(void); /* sets /proc's root; before the first mount */

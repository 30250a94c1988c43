// SPDX-License-Identifier: MIT
/*
 * procfs_pid.c: the directory of a process, /proc/PID, and of each of its threads,
 * /proc/PID/task/TID and, found but not listed, /proc/TID (proc(5)): limits, links,
 * descriptors. The figures are in procfs_status.c, the memory in procfs_mem.c and procfs_maps.c.
 */
#include <linux/fcntl.h>
#include <linux/oom.h>
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "proc/oom.h"
#include "proc/process.h"
#include "proc/procfs.h"

/* ---------------------------------------------------------------- subjects */

/* Takes over the references. NULL: no memory, and they are put. */
static struct proc_subject *make_subject(struct process *p, struct thread *t)
{
	struct proc_subject *s = kmalloc(sizeof(*s));

	if (!s) {
		process_put(p);
		if (t)
			thread_put(t);
		return NULL;
	}
	atomic_set(&s->refs, 1);
	s->process = p;
	s->thread = t;
	s->tid = t ? t->tid : p->pid;
	s->is_task = false;
	return s;
}

static void subject_get(void *object)
{
	atomic_inc(&((struct proc_subject *)object)->refs);
}

static void subject_put(void *object)
{
	struct proc_subject *s = object;

	if (!atomic_dec_and_test(&s->refs))
		return;
	process_put(s->process);
	if (s->thread)
		thread_put(s->thread);
	kfree(s);
}

/* Asked under dcache_lock, so without process_lock: a late answer does no harm. The leader stays,
 * though dead, as long as the process has its number; a thread that becomes the leader by exec
 * loses its own. */
static bool subject_alive(void *object)
{
	struct proc_subject *s = object;

	if (s->thread && atomic_load(&s->thread->tid) != s->tid)
		return false;
	if (s->thread && atomic_load(&s->thread->process) != s->process &&
		atomic_load(&s->process->leader) != s->thread)
		return false;
	return atomic_load(&s->process->state) != PROCESS_REAPED;
}

/* May the current thread look into its memory and files? (ptrace(2), "Ptrace access mode checking") =>
 * process_lock held */
static bool may_look_locked(void *object)
{
	return process_may_be_seen_locked(
		subject_process(object), subject_thread_locked(object), LOOK_FSCREDS);
}

s64 procfs_number(const char *name, u32 len)
{
	char text[12];
	u64 nr;

	if (!len || len >= sizeof(text) || (name[0] == '0' && len > 1))
		return -ENOENT;
	strlcpy(text, name, len + 1);
	return parse_u64(text, 10, &nr) || nr > 0x7fffffff ? -ENOENT : (s64)nr;
}

const struct cred *subject_cred(void *object)
{
	const struct cred *c;

	process_table_lock();
	c = cred_get(subject_thread_locked(object)->cred);
	process_table_unlock();
	return c;
}

/* Directories that all may list belong to the thread's user; so does the rest, or to root if the
 * process must not be looked into or is a zombie. */
static void subject_owner(void *object, umode_t mode, uid_t *uid, gid_t *gid)
{
	const struct mm *mm;
	const struct cred *c;

	process_table_lock();
	mm = subject_process(object)->mm;
	c = mode == (S_IFDIR | 0555) || (mm && mm->dumpable) ? subject_thread_locked(object)->cred
							     : &kernel_cred;
	*uid = c->euid;
	*gid = c->egid;
	process_table_unlock();
}

/* ---------------------------------------------------------------- limits, OOM */

static void put_limit(struct proc_text *t, u64 value)
{
	if (value == (u64)RLIM64_INFINITY)
		proc_printf(t, "%-20s ", "unlimited");
	else
		proc_printf(t, "%-20lu ", value);
}

static int show_limits(struct proc_text *t, void *object)
{
	static const struct {
		u32 resource;
		const char *name, *unit;
	} rows[] = {
		{ RLIMIT_CPU, "Max cpu time", "seconds" },
		{ RLIMIT_FSIZE, "Max file size", "bytes" },
		{ RLIMIT_DATA, "Max data size", "bytes" },
		{ RLIMIT_STACK, "Max stack size", "bytes" },
		{ RLIMIT_CORE, "Max core file size", "bytes" },
		{ RLIMIT_RSS, "Max resident set", "bytes" },
		{ RLIMIT_NPROC, "Max processes", "processes" },
		{ RLIMIT_NOFILE, "Max open files", "files" },
		{ RLIMIT_MEMLOCK, "Max locked memory", "bytes" },
		{ RLIMIT_AS, "Max address space", "bytes" },
		{ RLIMIT_LOCKS, "Max file locks", "locks" },
		{ RLIMIT_SIGPENDING, "Max pending signals", "signals" },
		{ RLIMIT_MSGQUEUE, "Max msgqueue size", "bytes" },
		{ RLIMIT_NICE, "Max nice priority", NULL },
		{ RLIMIT_RTPRIO, "Max realtime priority", NULL },
		{ RLIMIT_RTTIME, "Max realtime timeout", "us" },
	};
	struct process *p = subject_process(object);

	proc_printf(t, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		proc_printf(t, "%-25s ", rows[i].name);
		put_limit(t, p->limits[rows[i].resource].rlim_cur);
		put_limit(t, p->limits[rows[i].resource].rlim_max);
		if (rows[i].unit)
			proc_printf(t, "%-10s", rows[i].unit);
		proc_put(t, "\n", 1);
	}
	return 0;
}

static int show_oom_score(struct proc_text *t, void *object)
{
	u64 score;

	process_table_lock();
	score = oom_score_locked(subject_process(object));
	process_table_unlock();
	proc_printf(t, "%lu\n", score);
	return 0;
}

static int show_oom_score_adj(struct proc_text *t, void *object)
{
	proc_printf(t, "%d\n", subject_process(object)->oom_score_adj);
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The number that a text is, with a sign and blanks around, as decimal, 0octal or 0xhex. 0 or
 * -EINVAL. */
static int parse_number(const char *text, s64 *value)
{
	char digits[24];
	size_t len = 0;
	bool negative;
	int base = 10;
	u64 v;

	while (is_blank(*text))
		text++;
	negative = *text == '-';
	text += negative || *text == '+';
	if (text[0] == '0' && text[1] == 'x')
		base = 16, text += 2;
	else if (text[0] == '0')
		base = 8;
	while (text[len] && !is_blank(text[len]) && len < sizeof(digits) - 1) {
		digits[len] = text[len];
		len++;
	}
	digits[len] = 0;
	for (text += len; is_blank(*text);)
		text++;
	if (*text || parse_u64(digits, base, &v) || v > 0x7fffffff)
		return -EINVAL;
	*value = negative ? -(s64)v : (s64)v;
	return 0;
}

/* Lower than was said last with CAP_SYS_RESOURCE it gets only with that; by the old file, lower than it
 * is. */
static int set_oom_score_adj(struct process *p, s64 value, bool old_file)
{
	bool may_lower = current_can(CAP_SYS_RESOURCE);
	int err = 0;

	process_table_lock();
	if (value < (old_file ? p->oom_score_adj : p->oom_score_adj_min) && !may_lower) {
		err = -EACCES;
	} else {
		p->oom_score_adj = (int)value;
		if (may_lower)
			p->oom_score_adj_min = (int)value;
	}
	process_table_unlock();
	return err;
}

static ssize_t write_oom_score_adj(void *object, const char *text, size_t len)
{
	s64 value;
	int err = parse_number(text, &value);

	if (!err && (value < OOM_SCORE_ADJ_MIN || value > OOM_SCORE_ADJ_MAX))
		err = -EINVAL;
	if (!err)
		err = set_oom_score_adj(subject_process(object), value, false);
	return err ? err : (ssize_t)len;
}

/* The same in the old scale. */
static int show_oom_adj(struct proc_text *t, void *object)
{
	int adj = subject_process(object)->oom_score_adj;

	proc_printf(t, "%d\n",
		adj == OOM_SCORE_ADJ_MAX ? OOM_ADJUST_MAX : adj * -OOM_DISABLE / OOM_SCORE_ADJ_MAX);
	return 0;
}

static ssize_t write_oom_adj(void *object, const char *text, size_t len)
{
	s64 value;
	int err = parse_number(text, &value);

	if (!err && (value < OOM_DISABLE || value > OOM_ADJUST_MAX))
		err = -EINVAL;
	if (!err)
		err = set_oom_score_adj(subject_process(object),
			value == OOM_ADJUST_MAX ? OOM_SCORE_ADJ_MAX
						: value * OOM_SCORE_ADJ_MAX / -OOM_DISABLE,
			true);
	return err ? err : (ssize_t)len;
}

/* 1, 2, 3: forgets which pages were used; 4: which were written, which is not recorded here, as on
 * a Linux without soft-dirty bits; 5: the peak of RSS begins anew. */
static ssize_t write_clear_refs(void *object, const char *text, size_t len)
{
	struct mm *mm;
	s64 what;

	if (parse_number(text, &what) || what < 1 || what > 5)
		return -EINVAL;
	mm = subject_get_mm(object);
	if (!mm)
		return subject_process(object)->state == PROCESS_ALIVE ? (ssize_t)len : -ESRCH;
	if (what <= 3)
		mm_clear_refs(mm, what == 1   ? MM_REFS_ALL
				  : what == 2 ? MM_REFS_ANON
					      : MM_REFS_FILE);
	else if (what == 5)
		mm_reset_peak_rss(mm);
	mm_put(mm);
	return (ssize_t)len;
}

static int show_wchan(struct proc_text *t, void *object)
{
	(void)object;
	proc_put(t, "0", 1);
	return 0;
}

static int show_personality(struct proc_text *t, void *object)
{
	const struct thread_proc *tp;
	u32 personality = 0;

	process_table_lock();
	tp = thread_proc(subject_thread_locked(object));
	if (tp) /* else it has exited */
		personality = tp->personality;
	process_table_unlock();
	proc_printf(t, "%08x\n", personality);
	return 0;
}

/* ---------------------------------------------------------------- links */

/* Its root or working directory. False: it has exited. => process_lock held */
static bool get_place_locked(void *object, bool root, struct path *out)
{
	struct fs_context *fs = subject_thread_locked(object)->fs;

	if (!fs)
		return false;
	spin_lock(&fs->lock);
	*out = root ? fs->root : fs->cwd;
	path_get(out);
	spin_unlock(&fs->lock);
	return true;
}

bool subject_root(void *object, struct path *out)
{
	bool any;

	process_table_lock();
	any = get_place_locked(object, true, out);
	process_table_unlock();
	return any;
}

static int follow_place(void *object, bool root, struct path *out)
{
	int err = -EACCES;

	process_table_lock();
	if (may_look_locked(object))
		err = get_place_locked(object, root, out) ? 0 : -ENOENT;
	process_table_unlock();
	return err;
}

/* mounts and mountinfo are of who has a root. */
static int has_root(void *object, void **opened)
{
	struct path root;

	(void)opened;
	if (!subject_root(object, &root))
		return -EINVAL;
	path_put(&root);
	return 0;
}

static int follow_cwd(void *object, struct path *out)
{
	return follow_place(object, false, out);
}

static int follow_root(void *object, struct path *out)
{
	return follow_place(object, true, out);
}

static int follow_exe(void *object, struct path *out)
{
	struct proc_subject *s = object;
	struct mm *mm = process_look_into(s->process, s->thread);
	struct file *f;

	if (!mm || IS_ERR(mm))
		return mm ? (int)PTR_ERR(mm) : -ENOENT;
	f = mm_get_exe(mm);
	if (f) {
		*out = f->path;
		path_get(out);
		mm->exe_ops->put(f);
	}
	mm_put(mm);
	return f ? 0 : -ENOENT;
}

/* The text of a link is the path that it leads to. */
static ssize_t readlink_by(
	int (*follow)(void *object, struct path *out), void *object, char *buf, size_t size)
{
	struct path p, root;
	char *text;
	int err = follow(object, &p);

	if (err)
		return err;
	fs_context_get_root(&root);
	text = path_format(&p, &root, buf, size);
	path_put(&root);
	path_put(&p);
	if (IS_ERR(text))
		return PTR_ERR(text);
	memmove(buf, text, strlen(text) + 1);
	return (ssize_t)strlen(buf);
}

static ssize_t readlink_cwd(void *object, char *buf, size_t size)
{
	return readlink_by(follow_cwd, object, buf, size);
}

static ssize_t readlink_root(void *object, char *buf, size_t size)
{
	return readlink_by(follow_root, object, buf, size);
}

static ssize_t readlink_exe(void *object, char *buf, size_t size)
{
	return readlink_by(follow_exe, object, buf, size);
}

/* ------------------------------------------ fd, fdinfo: the object of an entry is the open file */

static void file_object_get(void *object)
{
	file_get(object);
}

static void file_object_put(void *object)
{
	file_put(object);
}

static const struct proc_dir file_owner = {
	.get = file_object_get, .put = file_object_put, .transient = true
};

static int follow_fd(void *object, struct path *out)
{
	struct file *f = object;

	if (!f->path.dentry)
		return -ENOENT;
	*out = f->path;
	path_get(out);
	return 0;
}

static ssize_t readlink_fd(void *object, char *buf, size_t size)
{
	return readlink_by(follow_fd, object, buf, size);
}

/* Linux shows the access modes as the permissions of the link. */
static umode_t fd_mode(const struct file *f)
{
	return S_IFLNK | (f->mode & FILE_READ ? 0500 : 0) | (f->mode & FILE_WRITE ? 0300 : 0);
}

static int show_fdinfo(struct proc_text *t, void *object)
{
	struct file *f = object;

	proc_printf(t, "pos:\t%ld\nflags:\t0%o\nmnt_id:\t%d\nino:\t%lu\n", f->pos, f->flags, 0,
		f->inode->ino);
	return 0;
}

/* ERR_PTR: -EACCES, -ENOENT. */
static struct file *find_file(void *object, const char *name, u32 len)
{
	s64 fd = procfs_number(name, len);
	struct file *f = NULL;
	bool may;

	process_table_lock();
	may = may_look_locked(object);
	if (may && fd >= 0 && subject_thread_locked(object)->files)
		f = fd_table_get(subject_thread_locked(object)->files, (int)fd);
	process_table_unlock();
	if (!may)
		return ERR_PTR(-EACCES);
	return f ? f : ERR_PTR(-ENOENT);
}

static int fd_lookup(void *object, const char *name, u32 len, struct proc_child *child)
{
	struct file *f = find_file(object, name, len);

	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	subject_owner(object, 0, &child->uid, &child->gid);
	child->object = f;
	child->entry = (struct proc_entry){
		.mode = fd_mode(f), .readlink = readlink_fd, .follow = follow_fd, .dir = &file_owner
	};
	return 0;
}

static int fdinfo_lookup(void *object, const char *name, u32 len, struct proc_child *child)
{
	int err = fd_lookup(object, name, len, child);

	if (!err)
		child->entry = (struct proc_entry){
			.mode = S_IFREG | 0444, .show = show_fdinfo, .dir = &file_owner
		};
	return err;
}

static bool next_fd(void *object, u64 *cursor, struct proc_child *child, umode_t type)
{
	struct fd_table *files;
	int fd = -1;

	process_table_lock();
	files = subject_thread_locked(object)->files;
	if (files && may_look_locked(object))
		fd = fd_table_next(files, (int)*cursor);
	process_table_unlock();
	if (fd < 0)
		return false;
	snprintf(child->name, sizeof(child->name), "%d", fd);
	child->entry.mode = type;
	*cursor = (u64)fd + 1;
	return true;
}

static bool fd_next(void *object, u64 *cursor, struct proc_child *child)
{
	return next_fd(object, cursor, child, S_IFLNK);
}

static bool fdinfo_next(void *object, u64 *cursor, struct proc_child *child)
{
	return next_fd(object, cursor, child, S_IFREG);
}

#define SUBJECT_OPS                                                                                \
	.get = subject_get, .put = subject_put, .owner = subject_owner, .alive = subject_alive

/* A process that must not be looked into, whose files in /proc are root's, still has its own. */
static bool fd_permits(void *object)
{
	return subject_process(object) == current_process();
}

static const struct proc_dir fd_dir = {
	.lookup = fd_lookup, .next = fd_next, .permits = fd_permits, SUBJECT_OPS
};
static const struct proc_dir fdinfo_dir = {
	.lookup = fdinfo_lookup, .next = fdinfo_next, SUBJECT_OPS
};

/* ---------------------------------------------------------------- the tables */

static const struct proc_dir task_dir;

#define LINK_ENTRY(entry_name)                                                                     \
	{                                                                                          \
		.name = #entry_name, .mode = S_IFLNK | 0777, .readlink = readlink_##entry_name,    \
		.follow = follow_##entry_name                                                      \
	}
#define MEMORY_ENTRY(entry_name, permissions, ...)                                                 \
	{                                                                                          \
		.name = entry_name, .mode = S_IFREG | (permissions), .open = procfs_open_memory,   \
		.close = procfs_close_memory, __VA_ARGS__                                          \
	}

/* In the order in which Linux lists them. */
static const struct proc_entry pid_entries[] = {
	PROC_DIR("fd", 0500, &fd_dir), PROC_DIR("fdinfo", 0555, &fdinfo_dir),
	MEMORY_ENTRY(
		"environ", 0400, .read = procfs_read_environ, .has_end = true, .outlives = true),
	MEMORY_ENTRY("auxv", 0400, .show = procfs_show_auxv, .outlives = true),
	PROC_FILE("status", 0444, procfs_show_pid_status),
	PROC_FILE("personality", 0400, show_personality), PROC_FILE("limits", 0444, show_limits),
	{ .name = "comm",
		.mode = S_IFREG | 0644,
		.show = procfs_show_pid_comm,
		.write = procfs_write_pid_comm },
	{ .name = "cmdline", .mode = S_IFREG | 0444, .read = procfs_read_cmdline, .has_end = true },
	PROC_FILE("stat", 0444, procfs_show_pid_stat),
	PROC_FILE("statm", 0444, procfs_show_pid_statm),
	MEMORY_ENTRY("maps", 0444, .step = procfs_step_maps),
	MEMORY_ENTRY("mem", 0600, .read = procfs_read_mem, .store = procfs_write_mem,
		.outlives = true, .addresses = true),
	LINK_ENTRY(cwd), LINK_ENTRY(root), LINK_ENTRY(exe),
	{ .name = "mounts",
		.mode = S_IFREG | 0444,
		.show = procfs_show_mounts,
		.open = has_root,
		.outlives = true },
	{ .name = "mountinfo",
		.mode = S_IFREG | 0444,
		.show = procfs_show_mountinfo,
		.open = has_root,
		.outlives = true },
	{ .name = "clear_refs", .mode = S_IFREG | 0200, .write = write_clear_refs },
	MEMORY_ENTRY("smaps", 0444, .step = procfs_step_smaps),
	MEMORY_ENTRY("smaps_rollup", 0444, .show = procfs_show_smaps_rollup),
	MEMORY_ENTRY("pagemap", 0400, .read = procfs_read_pagemap, .outlives = true),
	PROC_FILE("wchan", 0444, show_wchan), PROC_FILE("oom_score", 0444, show_oom_score),
	{ .name = "oom_adj", .mode = S_IFREG | 0644, .show = show_oom_adj, .write = write_oom_adj },
	{ .name = "oom_score_adj",
		.mode = S_IFREG | 0644,
		.show = show_oom_score_adj,
		.write = write_oom_score_adj },
	PROC_DIR("task", 0555, &task_dir), /* last: threads have all but this */
};

static const struct proc_dir pid_dir = {
	.entries = pid_entries, .nr_entries = ARRAY_SIZE(pid_entries), SUBJECT_OPS
};
struct process *procfs_process(const struct file *f)
{
	void *object = procfs_dir_object(f, &pid_dir);

	return object ? subject_process(object) : NULL;
}

static const struct proc_dir tid_dir = {
	.entries = pid_entries, .nr_entries = ARRAY_SIZE(pid_entries) - 1, SUBJECT_OPS
};

/* ---------------------------------------------------------------- task */

/* The thread of p with this number; NULL: there is none. => process_lock held */
static struct thread *find_thread_of(struct process *p, pid_t tid)
{
	struct thread *t = tid == p->pid ? p->leader : pid_find_thread(tid);

	return t && (t == p->leader || t->process == p) ? t : NULL;
}

static int task_lookup(void *object, const char *name, u32 len, struct proc_child *child)
{
	struct process *p = subject_process(object);
	s64 tid = procfs_number(name, len);
	struct proc_subject *s;
	struct thread *t;

	if (tid < 0)
		return -ENOENT;
	process_table_lock();
	t = find_thread_of(p, (pid_t)tid);
	if (t) {
		thread_get(t);
		process_get(p);
	}
	process_table_unlock();
	if (!t)
		return -ENOENT;
	s = make_subject(p, t);
	if (!s)
		return -ENOMEM;
	s->is_task = true;
	child->object = s;
	child->entry = (struct proc_entry){ .mode = S_IFDIR | 0555, .dir = &tid_dir };
	return 0;
}

/* The smallest thread number at or behind the cursor. */
static bool task_next(void *object, u64 *cursor, struct proc_child *child)
{
	struct process *p = subject_process(object);
	pid_t best = (u64)p->pid >= *cursor ? p->pid : 0; /* the leader, dead or alive */
	struct thread *t;

	process_table_lock();
	list_for_each (t, &p->threads, all_link)
		if ((u64)t->tid >= *cursor && (!best || t->tid < best))
			best = t->tid;
	process_table_unlock();
	if (!best)
		return false;
	snprintf(child->name, sizeof(child->name), "%d", best);
	child->entry.mode = S_IFDIR;
	*cursor = (u64)best + 1;
	return true;
}

static const struct proc_dir task_dir = { .lookup = task_lookup, .next = task_next, SUBJECT_OPS };

/* ---------------------------------------------------------------- /proc's children */

/* The process with this number, or the thread and its process; with references. A thread that is
 * not a leader can be found by its number, though /proc does not list it. NULL: neither. */
static struct process *find_by_number(pid_t nr, struct thread **thread)
{
	struct process *p;

	*thread = NULL;
	process_table_lock();
	p = pid_find_process(nr);
	if (!p && (*thread = pid_find_thread(nr)) != NULL) {
		thread_get(*thread);
		p = (*thread)->process;
	}
	if (p)
		process_get(p);
	process_table_unlock();
	return p;
}

int procfs_pid_lookup(void *object, const char *name, u32 len, struct proc_child *child)
{
	s64 pid = procfs_number(name, len);
	struct thread *thread;
	struct process *p;

	(void)object;
	p = pid < 0 || pid >= PID_MAX ? NULL : find_by_number((pid_t)pid, &thread);
	if (!p)
		return -ENOENT;
	child->object = make_subject(p, thread);
	if (!child->object)
		return -ENOMEM;
	child->entry = (struct proc_entry){ .mode = S_IFDIR | 0555, .dir = &pid_dir };
	return 0;
}

bool procfs_pid_next(void *object, u64 *cursor, struct proc_child *child)
{
	struct process *p;

	(void)object;
	process_table_lock();
	p = pid_next_process((pid_t)*cursor);
	if (p) {
		snprintf(child->name, sizeof(child->name), "%d", p->pid);
		*cursor = (u64)p->pid + 1;
	}
	process_table_unlock();
	child->entry.mode = S_IFDIR;
	return p != NULL;
}

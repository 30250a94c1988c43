// SPDX-License-Identifier: MIT
/*
 * /proc/PID: what can be seen of a process, in Linux's formats (proc(5)). State that process_lock guards is copied to a snapshot first and
 * printed afterwards, because printing allocates memory. The memory maps are in procfs_maps.c.
 */
#include "proc/procfs.h"
#include <linux/fcntl.h>
#include "arch/cpu.h"
#include "fs/context.h"
#include "fs/dentry.h"
#include "fs/file.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "proc/process.h"
#include "sched/sched.h"

#define USER_HZ 100

/* ---------------------------------------------------------------- a snapshot */

struct snapshot {
	char name[16], state;
	pid_t pid, parent, group, session;
	u32 nr_threads, exit_signal, exit_status, cpu;
	int nice;
	u64 flags;
	nsec_t start_time;
	struct process_usage usage, children;
	u64 pending, shared_pending, blocked, ignored, caught;
	u32 nr_queued;
	struct cred cred;
	umode_t umask;
	u32 fd_size;
	cpumask_t affinity;
	bool has_fs;
};

static char state_letter(const struct process *p)
{
	if (p->state != PROCESS_ALIVE || !p->leader)
		return 'Z';
	if (p->stop.complete)
		return 'T';
	switch (p->leader->state) {
	case THREAD_RUNNABLE:
	case THREAD_NEW:
		return 'R';
	case THREAD_BLOCKED:
		return 'D';
	case THREAD_STOPPED:
		return 'T';
	case THREAD_DEAD:
		return 'Z';
	default:
		return 'S';
	}
}

static void snapshot_signals_locked(struct process *p, struct snapshot *s)
{
	struct thread_proc *tp = p->leader ? thread_proc(p->leader) : NULL;

	s->shared_pending = p->pending.set;
	s->nr_queued = p->nr_queued;
	if (tp) {
		s->pending = tp->pending.set;
		s->blocked = tp->blocked;
	}
	for (int sig = 1; p->sighand && sig <= NR_SIGNALS; sig++) {
		__sighandler_t h = sighand_action(p->sighand, sig)->sa_handler;

		if (h == SIG_IGN)
			s->ignored |= SIGNAL_BIT(sig);
		else if (h != SIG_DFL)
			s->caught |= SIGNAL_BIT(sig);
	}
}

static void snapshot_fs(struct process *p, struct snapshot *s)
{
	struct fs_context *fs = process_get_fs(p);

	if (!fs)
		return;
	s->has_fs = true;
	s->cred = fs->cred;
	s->umask = fs->umask;
	s->fd_size = fs->files ? fs->files->size : 0;
	fs_context_put(fs);
}

static void snapshot(struct process *p, struct snapshot *s)
{
	memset(s, 0, sizeof(*s));
	process_table_lock();
	s->state = state_letter(p);
	s->pid = p->pid;
	s->parent = p->parent ? p->parent->pid : 0;
	s->group = p->group ? p->group->nr : 0;
	s->session = p->session ? p->session->nr : 0;
	s->nr_threads = p->nr_threads;
	s->exit_signal = p->exit_signal;
	s->exit_status = p->exit_status;
	s->start_time = p->start_time;
	if (p->leader) {
		strlcpy(s->name, p->leader->name, sizeof(s->name));
		s->nice = p->leader->nice;
		s->cpu = p->leader->cpu;
		s->affinity = p->leader->affinity;
	}
	process_usage_locked(p, &s->usage);
	s->children = p->dead_children;
	snapshot_signals_locked(p, s);
	process_table_unlock();
	snapshot_fs(p, s);
}

static u64 ticks(nsec_t t)
{
	return t / (NSEC_PER_SEC / USER_HZ);
}

/* ---------------------------------------------------------------- stat, statm, status */

static int show_stat(struct proc_text *t, void *object)
{
	struct process *p = object;
	struct mm *mm = process_get_mm(p);
	struct snapshot s;

	snapshot(p, &s);
	proc_printf(t, "%d (%s) %c %d %d %d %d %d %u %lu %lu %lu %lu ", s.pid, s.name, s.state,
		s.parent, s.group, s.session, 0, -1, 0x400000, s.usage.minor_faults,
		s.children.minor_faults, s.usage.major_faults, s.children.major_faults);
	proc_printf(t, "%lu %lu %lu %lu %d %d %u 0 %lu ", ticks(s.usage.utime),
		ticks(s.usage.stime), ticks(s.children.utime), ticks(s.children.stime), 20 + s.nice,
		s.nice, s.nr_threads, ticks(s.start_time));
	if (mm)
		proc_printf(t, "%lu %lu %lu %lu %lu %lu 0 0 ", mm->total_pages * PAGE_SIZE,
			mm_rss(mm), ~0UL, mm->start_code, mm->end_code, mm->start_stack);
	else
		proc_printf(t, "0 0 %lu 0 0 0 0 0 ", ~0UL);
	proc_printf(t, "%lu %lu %lu %lu 0 0 0 %u %u 0 0 0 0 0 ", s.pending & 0x7fffffff,
		s.blocked & 0x7fffffff, s.ignored & 0x7fffffff, s.caught & 0x7fffffff,
		s.exit_signal, s.cpu);
	if (mm)
		proc_printf(t, "%lu %lu %lu %lu %lu %lu %lu %u\n", mm->start_data, mm->end_data,
			mm->brk_start, mm->arg_start, mm->arg_end, mm->env_start, mm->env_end,
			s.exit_status);
	else
		proc_printf(t, "0 0 0 0 0 0 0 %u\n", s.exit_status);
	if (mm)
		mm_put(mm);
	return 0;
}

static int show_statm(struct proc_text *t, void *object)
{
	struct mm *mm = process_get_mm(object);

	if (!mm) {
		proc_printf(t, "0 0 0 0 0 0 0\n");
		return 0;
	}
	proc_printf(t, "%lu %lu %lu %lu 0 %lu 0\n", mm->total_pages, mm_rss(mm),
		(u64)(atomic64_read(&mm->rss_file) + atomic64_read(&mm->rss_shmem)),
		(page_align_up(mm->end_code) - page_align_down(mm->start_code)) >> PAGE_SHIFT,
		mm->data_pages + mm->stack_pages);
	mm_put(mm);
	return 0;
}

static const char *state_name(char letter)
{
	switch (letter) {
	case 'R':
		return "R (running)";
	case 'D':
		return "D (disk sleep)";
	case 'T':
		return "T (stopped)";
	case 'Z':
		return "Z (zombie)";
	default:
		return "S (sleeping)";
	}
}

static void put_kib(struct proc_text *t, const char *name, u64 pages)
{
	proc_printf(t, "%s:\t%8lu kB\n", name, pages * (PAGE_SIZE / 1024));
}

static void put_memory(struct proc_text *t, struct mm *mm)
{
	u64 rss = mm_rss(mm);
	u64 exe = (page_align_up(mm->end_code) - page_align_down(mm->start_code)) >> PAGE_SHIFT;

	put_kib(t, "VmPeak", max(mm->total_peak, mm->total_pages));
	put_kib(t, "VmSize", mm->total_pages);
	put_kib(t, "VmLck", mm->locked_pages);
	put_kib(t, "VmPin", 0);
	put_kib(t, "VmHWM", max(mm->rss_peak, rss));
	put_kib(t, "VmRSS", rss);
	put_kib(t, "RssAnon", (u64)atomic64_read(&mm->rss_anon));
	put_kib(t, "RssFile", (u64)atomic64_read(&mm->rss_file));
	put_kib(t, "RssShmem", (u64)atomic64_read(&mm->rss_shmem));
	put_kib(t, "VmData", mm->data_pages);
	put_kib(t, "VmStk", mm->stack_pages);
	put_kib(t, "VmExe", exe);
	put_kib(t, "VmLib", mm->exec_pages > exe ? mm->exec_pages - exe : 0);
	put_kib(t, "VmPTE", mm->mmu.nr_tables);
	put_kib(t, "VmSwap", 0);
}

static void put_credentials(struct proc_text *t, const struct snapshot *s)
{
	const struct cred *c = &s->cred;

	proc_printf(t, "Uid:\t%u\t%u\t%u\t%u\n", c->uid, c->euid, c->suid, c->fsuid);
	proc_printf(t, "Gid:\t%u\t%u\t%u\t%u\n", c->gid, c->egid, c->sgid, c->fsgid);
	proc_printf(t, "FDSize:\t%u\nGroups:\t", s->fd_size);
	for (u32 i = 0; i < c->nr_groups; i++)
		proc_printf(t, "%u ", c->groups[i]);
	proc_printf(t, "\n");
}

static void put_cpu_list(struct proc_text *t, cpumask_t mask)
{
	const char *comma = "";

	for (u32 cpu = 0; cpu < nr_cpus; cpu++) {
		u32 last = cpu;

		if (!(mask >> cpu & 1))
			continue;
		while (last + 1 < nr_cpus && mask >> (last + 1) & 1)
			last++;
		if (last > cpu)
			proc_printf(t, "%s%u-%u", comma, cpu, last);
		else
			proc_printf(t, "%s%u", comma, cpu);
		comma = ",";
		cpu = last;
	}
	proc_printf(t, "\n");
}

static int show_status(struct proc_text *t, void *object)
{
	struct process *p = object;
	struct mm *mm = process_get_mm(p);
	u64 caps;
	struct snapshot s;

	snapshot(p, &s);
	caps = s.cred.euid == 0 ? 0x1ffffffffffUL : 0;
	proc_printf(t, "Name:\t%s\n", s.name);
	if (s.has_fs)
		proc_printf(t, "Umask:\t%04o\n", s.umask);
	proc_printf(t, "State:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
		state_name(s.state), s.pid, s.pid, s.parent);
	put_credentials(t, &s);
	proc_printf(t, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n", s.pid, s.pid, s.group,
		s.session);
	if (mm) {
		put_memory(t, mm);
		mm_put(mm);
	}
	proc_printf(t, "Threads:\t%u\nSigQ:\t%u/%lu\n", s.nr_threads, s.nr_queued,
		process_limit(p, RLIMIT_SIGPENDING));
	proc_printf(t,
		"SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%"
		"016lx\n",
		s.pending, s.shared_pending, s.blocked, s.ignored, s.caught);
	proc_printf(t,
		"CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\nCapBnd:\t%016lx\nCapAmb:\t%"
		"016lx\n",
		0UL, caps, caps, 0x1ffffffffffUL, 0UL);
	proc_printf(t, "NoNewPrivs:\t0\nSeccomp:\t0\nCpus_allowed:\t%lx\nCpus_allowed_list:\t",
		s.affinity & cpus_online);
	put_cpu_list(t, s.affinity & cpus_online);
	proc_printf(t, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
		s.usage.nr_voluntary, s.usage.nr_involuntary);
	return 0;
}

/* ---------------------------------------------------------------- arguments, names, limits */

/* A stretch of the process's own memory, as it is now. */
static int show_memory(struct proc_text *t, struct process *p, bool environment)
{
	struct mm *mm = process_get_mm(p);
	vaddr_t at, end;
	char buf[256];

	if (!mm)
		return 0;
	at = environment ? mm->env_start : mm->arg_start;
	end = environment ? mm->env_end : mm->arg_end;
	while (at < end) {
		size_t n = mm_access(mm, at, buf, min((u64)sizeof(buf), end - at), false, true);

		if (!n)
			break;
		proc_put(t, buf, n);
		at += n;
	}
	mm_put(mm);
	return 0;
}

static int show_cmdline(struct proc_text *t, void *object)
{
	return show_memory(t, object, false);
}

static int show_environ(struct proc_text *t, void *object)
{
	return show_memory(t, object, true);
}

static int show_auxv(struct proc_text *t, void *object)
{
	struct mm *mm = process_get_mm(object);
	u32 n = 0;

	if (!mm)
		return 0;
	while (n + 2 <= ARRAY_SIZE(mm->auxv) && mm->auxv[n])
		n += 2;
	proc_put(t, mm->auxv, min(n + 2, (u32)ARRAY_SIZE(mm->auxv)) * sizeof(u64));
	mm_put(mm);
	return 0;
}

static int show_comm(struct proc_text *t, void *object)
{
	struct snapshot s;

	snapshot(object, &s);
	proc_printf(t, "%s\n", s.name);
	return 0;
}

static ssize_t write_comm(void *object, const char *text, size_t len)
{
	struct process *p = object;
	size_t n = strcspn_newline(text);

	process_table_lock();
	if (p->leader)
		strlcpy(p->leader->name, text, min(n + 1, sizeof(p->leader->name)));
	process_table_unlock();
	return (ssize_t)len;
}

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
		{ RLIMIT_NICE, "Max nice priority", "" },
		{ RLIMIT_RTPRIO, "Max realtime priority", "" },
		{ RLIMIT_RTTIME, "Max realtime timeout", "us" },
	};
	struct process *p = object;

	proc_printf(t, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		proc_printf(t, "%-25s ", rows[i].name);
		put_limit(t, p->limits[rows[i].resource].rlim_cur);
		put_limit(t, p->limits[rows[i].resource].rlim_max);
		proc_printf(t, "%-10s\n", rows[i].unit);
	}
	return 0;
}

static int show_oom_score(struct proc_text *t, void *object)
{
	struct mm *mm = process_get_mm(object);
	struct page_stats st;

	page_get_stats(&st);
	proc_printf(t, "%lu\n", mm && st.total ? mm_rss(mm) * 1000 / st.total : 0);
	if (mm)
		mm_put(mm);
	return 0;
}

static int show_oom_score_adj(struct proc_text *t, void *object)
{
	struct process *p = object;

	proc_printf(t, "%d\n", p->oom_score_adj);
	return 0;
}

static ssize_t write_oom_score_adj(void *object, const char *text, size_t len)
{
	struct process *p = object;
	bool negative = text[0] == '-';
	char digits[16];
	u64 v;

	strlcpy(digits, text + negative, min(strcspn_newline(text) - negative + 1, sizeof(digits)));
	if (parse_u64(digits, 10, &v) || v > 1000)
		return -EINVAL;
	p->oom_score_adj = negative ? -(int)v : (int)v;
	return (ssize_t)len;
}

static int show_wchan(struct proc_text *t, void *object)
{
	(void)object;
	proc_printf(t, "0");
	return 0;
}

/* ---------------------------------------------------------------- links */

static int follow_path(struct process *p, bool root, struct path *out)
{
	struct fs_context *fs = process_get_fs(p);

	if (!fs)
		return -ENOENT;
	spin_lock(&fs->lock);
	*out = root ? fs->root : fs->cwd;
	path_get(out);
	spin_unlock(&fs->lock);
	fs_context_put(fs);
	return 0;
}

static int follow_cwd(void *object, struct path *out)
{
	return follow_path(object, false, out);
}

static int follow_root(void *object, struct path *out)
{
	return follow_path(object, true, out);
}

static int follow_exe(void *object, struct path *out)
{
	struct mm *mm = process_get_mm(object);
	struct file *f = mm ? mm->exe : NULL;
	int err = -ENOENT;

	if (f && f->path.dentry) {
		*out = f->path;
		path_get(out);
		err = 0;
	}
	if (mm)
		mm_put(mm);
	return err;
}

/* The text of a link is the path that it leads to. */
static ssize_t readlink_by(
	int (*follow)(void *object, struct path *out), void *object, char *buf, size_t size)
{
	struct path p;
	char *text;
	int err = follow(object, &p);

	if (err)
		return err;
	text = path_format(&p, &current_fs()->root, buf, size);
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

/* ---------------------------------------------------------------- fd */

static void fd_object_get(void *object)
{
	file_get(object);
}

static void fd_object_put(void *object)
{
	file_put(object);
}

static const struct proc_dir fd_link_owner = { .get = fd_object_get, .put = fd_object_put };

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

static umode_t fd_mode(const struct file *f)
{
	return S_IFLNK | (f->mode & FILE_READ ? 0500 : 0) | (f->mode & FILE_WRITE ? 0300 : 0);
}

static int fd_lookup(void *object, const char *name, u32 len, struct proc_child *child)
{
	struct fs_context *fs;
	struct file *f = NULL;
	u64 fd;
	char text[12];

	if (len >= sizeof(text))
		return -ENOENT;
	strlcpy(text, name, len + 1);
	if (parse_u64(text, 10, &fd) || fd > 0x7fffffff)
		return -ENOENT;
	fs = process_get_fs(object);
	if (fs && fs->files)
		f = fd_table_get(fs->files, (int)fd);
	if (fs) {
		child->uid = fs->cred.euid;
		child->gid = fs->cred.egid;
		fs_context_put(fs);
	}
	if (!f)
		return -ENOENT;
	child->object = f;
	child->entry = (struct proc_entry){ .mode = fd_mode(f),
		.readlink = readlink_fd,
		.follow = follow_fd,
		.dir = &fd_link_owner };
	return 0;
}

static bool fd_next(void *object, u64 *cursor, struct proc_child *child)
{
	struct fs_context *fs = process_get_fs(object);
	int fd = fs && fs->files ? fd_table_next(fs->files, (int)*cursor) : -1;

	if (fs)
		fs_context_put(fs);
	if (fd < 0)
		return false;
	snprintf(child->name, sizeof(child->name), "%d", fd);
	child->entry.mode = S_IFLNK;
	*cursor = (u64)fd + 1;
	return true;
}

/* ---------------------------------------------------------------- tables */

static void pid_get(void *object)
{
	process_get(object);
}

static void pid_put(void *object)
{
	process_put(object);
}

static bool pid_alive(void *object)
{
	struct process *p = object;

	return __atomic_load_n(&p->state, __ATOMIC_RELAXED) != PROCESS_REAPED;
}

static const struct proc_dir fd_dir = {
	.lookup = fd_lookup, .next = fd_next, .get = pid_get, .put = pid_put, .alive = pid_alive
};

static const struct proc_dir task_dir;

#define FILE_ENTRY(entry_name, permissions, function)                                              \
	{                                                                                          \
		.name = entry_name, .mode = S_IFREG | (permissions), .show = function              \
	}
#define LINK_ENTRY(entry_name)                                                                     \
	{                                                                                          \
		.name = #entry_name, .mode = S_IFLNK | 0777, .readlink = readlink_##entry_name,    \
		.follow = follow_##entry_name                                                      \
	}

static const struct proc_entry pid_entries[] = {
	FILE_ENTRY("auxv", 0400, show_auxv),
	FILE_ENTRY("cmdline", 0444, show_cmdline),
	{ .name = "comm", .mode = S_IFREG | 0644, .show = show_comm, .write = write_comm },
	LINK_ENTRY(cwd),
	FILE_ENTRY("environ", 0400, show_environ),
	LINK_ENTRY(exe),
	{ .name = "fd", .mode = S_IFDIR | 0500, .dir = &fd_dir },
	FILE_ENTRY("limits", 0444, show_limits),
	FILE_ENTRY("maps", 0444, procfs_show_maps),
	FILE_ENTRY("mountinfo", 0444, procfs_show_mountinfo),
	FILE_ENTRY("mounts", 0444, procfs_show_mounts),
	FILE_ENTRY("oom_score", 0444, show_oom_score),
	{ .name = "oom_score_adj",
		.mode = S_IFREG | 0644,
		.show = show_oom_score_adj,
		.write = write_oom_score_adj },
	LINK_ENTRY(root),
	FILE_ENTRY("smaps", 0444, procfs_show_smaps),
	FILE_ENTRY("smaps_rollup", 0444, procfs_show_smaps_rollup),
	FILE_ENTRY("stat", 0444, show_stat),
	FILE_ENTRY("statm", 0444, show_statm),
	FILE_ENTRY("status", 0444, show_status),
	{ .name = "task", .mode = S_IFDIR | 0555, .dir = &task_dir },
	FILE_ENTRY("wchan", 0444, show_wchan),
};

static const struct proc_dir pid_dir = {
	.entries = pid_entries,
	.nr_entries = ARRAY_SIZE(pid_entries),
	.get = pid_get,
	.put = pid_put,
	.alive = pid_alive,
};

/* task/TID shows the process's files: a process's threads differ in little else. */
static const struct proc_dir tid_dir = {
	.entries = pid_entries,
	.nr_entries = ARRAY_SIZE(pid_entries) - 2, /* but no task/ of their own, and no wchan */
	.get = pid_get,
	.put = pid_put,
	.alive = pid_alive,
};

static int task_lookup(void *object, const char *name, u32 len, struct proc_child *child)
{
	struct process *p = object;
	char text[12];
	struct thread *t;
	bool found = false;
	u64 tid;

	if (len >= sizeof(text))
		return -ENOENT;
	strlcpy(text, name, len + 1);
	if (parse_u64(text, 10, &tid))
		return -ENOENT;
	process_table_lock();
	list_for_each (t, &p->threads, all_link)
		found |= t->tid == (pid_t)tid;
	process_table_unlock();
	if (!found)
		return -ENOENT;
	process_get(p);
	child->object = p;
	child->entry = (struct proc_entry){ .mode = S_IFDIR | 0555, .dir = &tid_dir };
	return 0;
}

/* The smallest thread number at or behind the cursor. */
static bool task_next(void *object, u64 *cursor, struct proc_child *child)
{
	struct process *p = object;
	pid_t best = 0;
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

static const struct proc_dir task_dir = {
	.lookup = task_lookup, .next = task_next, .get = pid_get, .put = pid_put, .alive = pid_alive
};

int procfs_pid_lookup(void *object, const char *name, u32 len, struct proc_child *child)
{
	char text[12];
	struct process *p;
	struct fs_context *fs;
	u64 pid;

	(void)object;
	if (len >= sizeof(text))
		return -ENOENT;
	strlcpy(text, name, len + 1);
	if (parse_u64(text, 10, &pid) || pid >= PID_MAX)
		return -ENOENT;
	p = process_find_get((pid_t)pid);
	if (!p)
		return -ENOENT;
	fs = process_get_fs(p);
	if (fs) {
		child->uid = fs->cred.euid;
		child->gid = fs->cred.egid;
		fs_context_put(fs);
	}
	child->object = p;
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

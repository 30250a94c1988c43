// SPDX-License-Identifier: MIT
/*
 * procfs_status.c: the figures of a process or of one of its threads: stat, statm, status, comm, io
 * (proc(5)). State that process_lock guards is copied to a snapshot first and printed afterwards,
 * because printing allocates memory.
 */
#include "arch/cpu.h"
#include "drivers/tty.h"
#include "fs/context.h"
#include "fs/fdtable.h"
#include "lib/devt.h"
#include "lib/string.h"
#include "mm/mm.h"
#include "proc/process.h"
#include "proc/procfs.h"
#include "sched/sched.h"

#define USER_HZ       100
#define PF_FORKNOEXEC 0x40u
#define PF_RANDOMIZE  0x400000u

struct snapshot {
	char name[16], state;
	pid_t tid, pid, parent, group, session;
	u32 nr_threads, exit_signal, exit_status, cpu;
	int nice, policy;
	bool did_exec, no_new_privs;
	nsec_t start_time;
	struct process_usage usage, children;
	u64 pending, shared_pending, blocked, ignored, caught;
	u32 nr_queued;
	umode_t umask;
	u32 fd_size;
	cpumask_t affinity;
	u64 nr_voluntary, nr_involuntary;
	bool has_fs;
};

static char state_letter(const struct process *p, const struct thread *t)
{
	if (p->state != PROCESS_ALIVE || !t || t->state == THREAD_DEAD)
		return 'Z';
	if (p->stop.complete)
		return 'T';
	switch (t->state) {
	case THREAD_RUNNABLE:
	case THREAD_NEW:
		return 'R';
	case THREAD_BLOCKED:
		return 'D';
	case THREAD_STOPPED:
		return 'T';
	default:
		return 'S';
	}
}

static void snapshot_thread_proc_locked(
	const struct process *p, const struct thread *t, struct snapshot *s)
{
	const struct thread_proc *tp = t ? thread_proc(t) : NULL;

	s->shared_pending = p->pending.set;
	s->nr_queued = p->nr_queued;
	if (tp) {
		s->pending = tp->pending.set;
		s->blocked = tp->blocked;
		s->no_new_privs = tp->no_new_privs;
	}
	for (int sig = 1; p->sighand && sig <= NR_SIGNALS; sig++) {
		__sighandler_t h = sighand_action(p->sighand, sig)->sa_handler;

		if (h == SIG_IGN)
			s->ignored |= SIGNAL_BIT(sig);
		else if (h != SIG_DFL)
			s->caught |= SIGNAL_BIT(sig);
	}
}

static void snapshot_process_locked(struct process *p, struct snapshot *s)
{
	s->pid = s->tid = p->pid;
	s->parent = p->parent ? p->parent->pid : 0;
	s->group = p->group ? p->group->nr : 0;
	s->session = p->session ? p->session->nr : 0;
	s->nr_threads = max(p->nr_threads, 1U); /* a zombie is one */
	s->exit_signal = p->exit_signal;
	s->exit_status = p->exit_status;
	s->start_time = p->start_time;
	s->did_exec = p->did_exec;
	s->children = p->dead_children;
}

static void snapshot_thread_locked(const struct thread *t, struct snapshot *s)
{
	strlcpy(s->name, t->name, sizeof(s->name));
	s->nice = t->nice;
	s->policy = t->policy;
	s->cpu = t->cpu;
	s->affinity = t->affinity;
	s->nr_voluntary = t->nr_voluntary;
	s->nr_involuntary = t->nr_involuntary;
	s->has_fs = t->fs != NULL;
	s->umask = t->fs ? t->fs->umask : 0;
	s->fd_size = t->files ? t->files->size : 0;
}

static void snapshot(const struct proc_subject *subject, struct snapshot *s)
{
	struct process *p = subject->process;
	struct thread *t;

	memset(s, 0, sizeof(*s));
	process_table_lock();
	t = subject->thread ? subject->thread : p->leader;
	s->state = state_letter(p, t);
	snapshot_process_locked(p, s);
	if (t)
		snapshot_thread_locked(t, s);
	if (subject->thread)
		s->tid = t->tid;
	if (subject->is_task)
		process_thread_usage(t, &s->usage);
	else
		process_usage_locked(p, &s->usage);
	snapshot_thread_proc_locked(p, t, s);
	process_table_unlock();
}

static u64 ticks(nsec_t t)
{
	return t / (NSEC_PER_SEC / USER_HZ);
}

/* ---------------------------------------------------------------- stat, statm */

static void put_stat_memory(struct proc_text *t, const struct mm *mm, const struct snapshot *s)
{
	proc_printf(t, "%lu %lu %lu %lu %lu %lu 0 0 ", mm->total_pages * PAGE_SIZE, mm_rss(mm),
		~0UL, mm->start_code, mm->end_code, mm->start_stack);
	proc_printf(t, "%lu %lu %lu %lu 0 0 0 %u %u 0 %d 0 0 0 ", s->pending & 0x7fffffff,
		s->blocked & 0x7fffffff, s->ignored & 0x7fffffff, s->caught & 0x7fffffff,
		s->exit_signal, s->cpu, s->policy);
	proc_printf(t, "%lu %lu %lu %lu %lu %lu %lu %u\n", mm->start_data, mm->end_data,
		mm->brk_start, mm->arg_start, mm->arg_end, mm->env_start, mm->env_end,
		s->exit_status);
}

int procfs_show_pid_stat(struct proc_text *t, void *object)
{
	static const struct mm none;
	struct mm *mm = subject_get_mm(object);
	struct tty *tty;
	struct snapshot s;
	dev_t terminal;

	snapshot(object, &s);
	tty = tty_of_session(s.session);
	terminal = tty ? MKDEV(tty->major, tty->minor) : 0;
	if (tty)
		tty_put(tty);
	proc_printf(t, "%d (%s) %c %d %d %d %lu %d %u %lu %lu %lu %lu ", s.tid, s.name, s.state,
		s.parent, s.group, s.session, (u64)dev_encode(terminal), tty_foreground(s.session),
		PF_RANDOMIZE | (s.did_exec ? 0 : PF_FORKNOEXEC), s.usage.minor_faults,
		s.children.minor_faults, s.usage.major_faults, s.children.major_faults);
	proc_printf(t, "%lu %lu %lu %lu %d %d %u 0 %lu ", ticks(s.usage.utime),
		ticks(s.usage.stime), ticks(s.children.utime), ticks(s.children.stime), 20 + s.nice,
		s.nice, s.nr_threads, ticks(s.start_time));
	put_stat_memory(t, mm ? mm : &none, &s);
	if (mm)
		mm_put(mm);
	return 0;
}

static u64 code_pages(const struct mm *mm)
{
	return (page_align_up(mm->end_code) - page_align_down(mm->start_code)) >> PAGE_SHIFT;
}

int procfs_show_pid_statm(struct proc_text *t, void *object)
{
	struct mm *mm = subject_get_mm(object);

	if (!mm) {
		proc_printf(t, "0 0 0 0 0 0 0\n");
		return 0;
	}
	proc_printf(t, "%lu %lu %lu %lu 0 %lu 0\n", mm->total_pages, mm_rss(mm),
		(u64)(atomic64_read(&mm->rss_file) + atomic64_read(&mm->rss_shmem)), code_pages(mm),
		mm->data_pages + mm->stack_pages);
	mm_put(mm);
	return 0;
}

/* ---------------------------------------------------------------- status */

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

static void put_credentials(struct proc_text *t, const struct cred *c, u32 fd_size)
{
	proc_printf(t, "Uid:\t%u\t%u\t%u\t%u\n", c->uid, c->euid, c->suid, c->fsuid);
	proc_printf(t, "Gid:\t%u\t%u\t%u\t%u\n", c->gid, c->egid, c->sgid, c->fsgid);
	proc_printf(t, "FDSize:\t%u\nGroups:\t", fd_size);
	for (u32 i = 0; c->groups && i < c->groups->nr; i++)
		proc_printf(t, i ? " %u" : "%u", c->groups->gids[i]);
	proc_printf(t, " \n");
}

static void put_kib(struct proc_text *t, const char *name, u64 pages)
{
	proc_printf(t, "%s:\t%8lu kB\n", name, pages * (PAGE_SIZE / 1024));
}

static void put_memory(struct proc_text *t, const struct mm *mm)
{
	u64 code = code_pages(mm);

	put_kib(t, "VmPeak", max(mm->total_peak, mm->total_pages));
	put_kib(t, "VmSize", mm->total_pages);
	put_kib(t, "VmLck", mm->locked_pages);
	put_kib(t, "VmPin", 0);
	put_kib(t, "VmHWM", mm_peak_rss(mm));
	put_kib(t, "VmRSS", mm_rss(mm));
	put_kib(t, "RssAnon", (u64)atomic64_read(&mm->rss_anon));
	put_kib(t, "RssFile", (u64)atomic64_read(&mm->rss_file));
	put_kib(t, "RssShmem", (u64)atomic64_read(&mm->rss_shmem));
	put_kib(t, "VmData", mm->data_pages);
	put_kib(t, "VmStk", mm->stack_pages);
	put_kib(t, "VmExe", code);
	put_kib(t, "VmLib", mm->exec_pages > code ? mm->exec_pages - code : 0);
	put_kib(t, "VmPTE", mm->mmu.nr_tables);
	put_kib(t, "VmSwap", 0);
	put_kib(t, "HugetlbPages", 0);
	proc_printf(t, "CoreDumping:\t0\nTHP_enabled:\t0\n");
}

static void put_signals(struct proc_text *t, const struct snapshot *s, u64 limit)
{
	proc_printf(t, "Threads:\t%u\nSigQ:\t%u/%lu\n", s->nr_threads, s->nr_queued, limit);
	proc_printf(t, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\n", s->pending,
		s->shared_pending, s->blocked);
	proc_printf(t, "SigIgn:\t%016lx\nSigCgt:\t%016lx\n", s->ignored, s->caught);
}

static void put_privileges(struct proc_text *t, const struct cred *c, bool no_new_privs)
{
	proc_printf(t,
		"CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\nCapBnd:\t%016lx\nCapAmb:\t%"
		"016lx\n",
		c->inheritable, c->permitted, c->effective, c->bounding, c->ambient);
	proc_printf(t, "NoNewPrivs:\t%d\nSeccomp:\t0\nSeccomp_filters:\t0\n", no_new_privs);
	proc_printf(t, "Speculation_Store_Bypass:\tunknown\nSpeculationIndirectBranch:\tunknown\n");
}

/* "0-3,5" */
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

int procfs_show_pid_status(struct proc_text *t, void *object)
{
	struct process *p = subject_process(object);
	const struct cred *cred = subject_cred(object);
	struct mm *mm = subject_get_mm(object);
	struct snapshot s;

	snapshot(object, &s);
	proc_printf(t, "Name:\t%s\n", s.name);
	if (s.has_fs)
		proc_printf(t, "Umask:\t%04o\n", s.umask);
	proc_printf(t, "State:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
		state_name(s.state), s.pid, s.tid, s.parent);
	put_credentials(t, cred, s.fd_size);
	proc_printf(t, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n", s.pid, s.tid, s.group,
		s.session);
	if (mm) {
		put_memory(t, mm);
		mm_put(mm);
	}
	put_signals(t, &s, process_limit(p, RLIMIT_SIGPENDING));
	put_privileges(t, cred, s.no_new_privs);
	cred_put(cred);
	proc_printf(t, "Cpus_allowed:\t%lx\nCpus_allowed_list:\t", s.affinity & cpus_online);
	put_cpu_list(t, s.affinity & cpus_online);
	proc_printf(t, "Mems_allowed:\t1\nMems_allowed_list:\t0\n");
	proc_printf(t, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
		s.nr_voluntary, s.nr_involuntary);
	return 0;
}

/* ---------------------------------------------------------------- comm, io */

int procfs_show_pid_comm(struct proc_text *t, void *object)
{
	struct snapshot s;

	snapshot(object, &s);
	proc_printf(t, "%s\n", s.name);
	return 0;
}

ssize_t procfs_write_pid_comm(void *object, const char *text, size_t len)
{
	struct proc_subject *subject = object;
	struct process *p = subject->process;
	struct thread *t;

	if (p != current_process())
		return -EINVAL;
	process_table_lock();
	t = subject->thread ? subject->thread : p->leader;
	if (t)
		strlcpy(t->name, text, min(strcspn(text, "\n") + 1, sizeof(t->name)));
	process_table_unlock();
	return (ssize_t)len;
}

// SPDX-License-Identifier: MIT
/*
 * process.c: making, linking, finding and freeing processes; and the first one. What happens to
 * them is in fork.c, exec.c, exit.c, wait.c and signal*.c.
 *
 *	process_create -> linked by fork (ALIVE) -last thread exits-> ZOMBIE -waited for-> REAPED -last reference-> freed
 *
 * Invariant: a process that is not REAPED is in the table, in its parent's children or zombies, in
 * one group and one session; a group belongs to one session.
 */
#include "proc/process.h"
#include "proc/pidfd.h"

#include "arch/bootinfo.h"
#include "arch/clock.h"
#include "debug/assert.h"
#include "debug/panic.h"
#include "debug/printk.h"
#include "drivers/tty.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/namei.h"
#include "fs/signal_hook.h"
#include "lib/string.h"
#include "mm/kstack.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "proc/exec.h"
#include "proc/futex.h"
#include "proc/oom.h"
#include "proc/pgrp.h"
#include "proc/rlimit.h"

#include <linux/fcntl.h>
#include <linux/signal.h>

struct spinlock process_lock = SPINLOCK_INIT(process_lock, RANK_PROCESS);
struct process *init_process;

static struct slab_cache *process_cache, *thread_proc_cache;
static u32 nr_processes, nr_threads; /* process_lock */
static u64 nr_forks;                 /* process_lock */

/* ---------------------------------------------------------------- making and freeing */

struct process *process_create(struct process *parent)
{
	struct process *p = slab_alloc(process_cache, PAGE_ZEROED);

	if (!p)
		return NULL;
	atomic_set(&p->refs, 1);
	list_init(&p->children);
	list_init(&p->zombies);
	list_init(&p->sibling);
	list_init(&p->thread_sibling);
	list_init(&p->group_link);
	list_init(&p->session_link);
	list_init(&p->threads);
	list_init(&p->posix_timers);
	waitq_init(&p->thread_wait);
	waitq_init(&p->child_wait);
	waitq_init(&p->death_wait);
	waitq_init(&p->vfork_wait);
	sigpending_init(&p->pending);
	p->start_time = clock_now();
	if (parent) {
		p->oom_score_adj = parent->oom_score_adj;
		p->oom_score_adj_min = parent->oom_score_adj_min;
	}
	rlimit_init(p, parent);
	itimer_init(p);
	return p;
}

void process_put(struct process *p)
{
	if (!atomic_dec_and_test(&p->refs))
		return;
	assert(list_empty(&p->threads) && !p->mm);
	if (p->sighand)
		sighand_put(p->sighand);
	if (p->leader)
		thread_put(p->leader);
	slab_free(process_cache, p);
}

int process_thread_init(struct thread *t, u64 mask)
{
	struct thread_proc *tp = slab_alloc(thread_proc_cache, PAGE_ZEROED);

	if (!tp)
		return -ENOMEM;
	tp->blocked = mask;
	tp->timer_slack = 50 * NSEC_PER_USEC;
	sigpending_init(&tp->pending);
	list_init(&tp->children);
	list_init(&t->all_link);
	t->proc_private = tp;
	return 0;
}

void process_thread_free(struct thread *t)
{
	debug_assert(list_empty(&thread_proc(t)->children));
	slab_free(thread_proc_cache, t->proc_private);
	t->proc_private = NULL;
}

/* ---------------------------------------------------------------- linking */

void process_add_thread_locked(struct process *p, struct thread *t, struct pid *pid)
{
	assert_process_locked();
	t->tid = pid->nr;
	t->process = p;
	t->limits = p->limits;
	pid->thread = t;
	list_append(&p->threads, &t->all_link);
	p->nr_threads++;
	p->nr_live++;
	nr_threads++;
	nr_forks++;
}

void process_remove_thread_locked(struct process *p, struct thread *t)
{
	struct pid *pid = pid_find(t->tid);

	list_remove(&t->all_link);
	p->nr_threads--;
	nr_threads--;
	pid->thread = NULL;
	pid_release(pid);
}

void process_set_parent_locked(struct process *p, struct thread *thread)
{
	struct process *parent = thread ? thread->process : NULL;

	list_remove(&p->thread_sibling);
	p->parent_thread = thread;
	if (thread)
		list_append(&thread_proc(thread)->children, &p->thread_sibling);
	if (p->parent == parent)
		return;
	p->parent = parent;
	p->parent_nr_execs = parent ? parent->nr_execs : 0;
	atomic_store(&p->parent_pid, parent ? parent->pid : 0);
}

void process_link_locked(struct process *p, struct thread *thread)
{
	struct process *parent;

	assert_process_locked();
	p->pid_entry->process = p;
	nr_processes++;
	process_set_parent_locked(p, thread);
	parent = p->parent;
	if (!parent)
		return;
	list_append(&parent->children, &p->sibling);
	p->group = parent->group;
	p->session = parent->session;
	list_append(&p->group->group, &p->group_link);
	list_append(&p->session->session, &p->session_link);
}

/* Gives a number back that may have named a group or session only. */
void process_unlink_locked(struct process *p)
{
	struct pid *pid = p->pid_entry, *group = p->group, *session = p->session;

	assert_process_locked();
	assert(p->state == PROCESS_ZOMBIE && list_empty(&p->threads));
	p->state = PROCESS_REAPED;
	nr_processes--;
	list_remove(&p->sibling);
	list_remove(&p->group_link);
	list_remove(&p->session_link);
	pid->process = NULL;
	p->pid_entry = p->group = p->session = NULL;
	process_set_parent_locked(p, NULL);
	if (group != pid)
		pid_release(group);
	if (session != pid && session != group)
		pid_release(session);
	pid_release(pid);
}

/* ---------------------------------------------------------------- who it is */

static bool has_other_rights(const struct cred *old, const struct cred *new)
{
	return old->euid != new->euid || old->egid != new->egid || old->fsuid != new->fsuid ||
	       old->fsgid != new->fsgid || (new->permitted & ~old->permitted);
}

bool process_set_cred(const struct cred *new)
{
	struct thread *t = current_thread();
	const struct cred *old = t->cred;
	bool other = has_other_rights(old, new);

	process_table_lock();
	t->cred = new;
	if (other) {
		t->mm->dumpable = false;
		thread_proc(t)->death_signal = 0;
	}
	process_table_unlock();
	cred_put(old);
	return other;
}

int process_become(const struct cred *as)
{
	const struct cred *c = cred_copy(as);

	if (!c)
		return -ENOMEM;
	process_set_cred(c);
	return 0;
}

/* ---------------------------------------------------------------- looking */

struct process *process_find_get(pid_t nr)
{
	struct process *p;

	process_table_lock();
	p = pid_find_process(nr);
	if (p)
		process_get(p);
	process_table_unlock();
	return p;
}

bool process_may_be_seen_locked(
	const struct process *p, const struct thread *t, enum process_look as)
{
	const struct cred *mine = current_cred(), *its = t->cred;
	uid_t uid = as == LOOK_FSCREDS ? mine->fsuid : mine->uid;
	gid_t gid = as == LOOK_FSCREDS ? mine->fsgid : mine->gid;
	u64 caps = as == LOOK_FSCREDS ? mine->effective : mine->permitted;

	assert_process_locked();
	if (p == current_process() || cred_can(mine, CAP_SYS_PTRACE))
		return true;
	return (!p->mm || p->mm->dumpable) && !(its->permitted & ~caps) && uid == its->uid &&
	       uid == its->euid && uid == its->suid && gid == its->gid && gid == its->egid &&
	       gid == its->sgid;
}

/* Threads leave it one by one. */
static struct mm *mm_of_locked(const struct process *p, const struct thread *t)
{
	return atomic_load(&t->mm) ? p->mm : NULL;
}

struct mm *process_get_mm(struct process *p, const struct thread *t)
{
	struct mm *mm;

	process_table_lock();
	mm = mm_of_locked(p, t ? t : p->leader);
	if (mm)
		mm_get(mm);
	process_table_unlock();
	return mm;
}

struct mm *process_look_into_locked(struct process *p, const struct thread *t, enum process_look as)
{
	struct mm *mm = mm_of_locked(p, t);

	if (mm && mm != current_mm() && !process_may_be_seen_locked(p, t, as))
		return ERR_PTR(-EACCES);
	if (mm)
		mm_get(mm);
	return mm;
}

struct mm *process_look_into(struct process *p, const struct thread *t)
{
	struct mm *mm;

	process_table_lock();
	mm = process_look_into_locked(p, t ? t : p->leader, LOOK_FSCREDS);
	process_table_unlock();
	return mm;
}

void process_thread_usage(struct thread *t, struct process_usage *u)
{
	*u = (struct process_usage){
		.minor_faults = t->minor_faults,
		.major_faults = t->major_faults,
		.nr_voluntary = t->nr_voluntary,
		.nr_involuntary = t->nr_involuntary,
	};
	thread_times(t, &u->utime, &u->stime);
}

void process_usage_add(struct process_usage *to, const struct process_usage *more)
{
	to->utime += more->utime;
	to->stime += more->stime;
	to->minor_faults += more->minor_faults;
	to->major_faults += more->major_faults;
	to->nr_voluntary += more->nr_voluntary;
	to->nr_involuntary += more->nr_involuntary;
	to->max_rss = max(to->max_rss, more->max_rss);
}

void process_usage_locked(struct process *p, struct process_usage *u)
{
	struct process_usage one;
	struct thread *t;

	assert_process_locked();
	*u = p->dead_threads;
	list_for_each (t, &p->threads, all_link) {
		process_thread_usage(t, &one);
		process_usage_add(u, &one);
	}
	if (p->mm)
		u->max_rss = max(u->max_rss, max(p->mm->rss_peak, mm_rss(p->mm)));
}

u32 process_count(void)
{
	return atomic_load_relaxed(&nr_processes);
}

u32 process_thread_count(void)
{
	return atomic_load_relaxed(&nr_threads);
}

u64 process_fork_count(void)
{
	return atomic_load_relaxed(&nr_forks);
}

/* ---------------------------------------------------------------- boot */

static void describe_current(void)
{
	struct thread *t = current_thread();

	if (!t)
		return;
	pr_err("thread %d \"%s\", process %d", t->tid, t->name, t->process ? t->process->pid : 0);
}

static void send_signal_to_current(int sig)
{
	siginfo_t info;

	siginfo_init_user(&info, sig, SI_USER);
	process_table_lock();
	signal_send_thread_locked(current_thread(), sig, &info);
	process_table_unlock();
}

/* Stacks of dead threads wait for new ones; all of them go when memory is short. */
static u64 shrink_stacks(u64 nr)
{
	(void)nr;
	return kstack_shrink();
}

void process_init(void)
{
	process_cache = slab_cache_create("process", sizeof(struct process), 0);
	thread_proc_cache = slab_cache_create("thread_proc", sizeof(struct thread_proc), 0);
	signal_init();
	futex_init();
	oom_init();
	pgrp_init();
	reclaim_register_shrinker(shrink_stacks);
	fs_send_signal = send_signal_to_current;
	panic_set_describe(describe_current);
	pidfd_init();
}

/* The current kernel thread becomes the only thread of a new process without parent: init. */
static void become_first_process(void)
{
	struct thread *t = current_thread();
	struct process *p = process_create(NULL);
	struct pid *pid;

	t->fs = fs_context_copy(&initial_fs_context);
	t->files = fd_table_create();
	if (!p || !t->fs || !t->files || process_thread_init(t, 0) != 0 ||
		arch_thread_init_fpu(&t->arch, NULL) != 0)
		panic("no memory for the first process");
	p->sighand = sighand_create(NULL);
	if (!p->sighand)
		panic("no memory for the first process");
	p->unkillable = true;
	p->exit_signal = SIGCHLD;
	rlimit_watch_cpu(p);
	thread_get(t);
	p->leader = t;

	process_table_lock();
	pid = pid_alloc();
	if (!pid || pid->nr != 1)
		panic("the first process has no number 1");
	p->pid = 1;
	p->pid_entry = pid;
	p->group = p->session = pid;
	process_link_locked(p, NULL);
	list_append(&pid->group, &p->group_link);
	list_append(&pid->session, &p->session_link);
	process_add_thread_locked(p, t, pid);
	init_process = p;
	process_table_unlock();
}

static void open_console(void)
{
	struct file *f = file_open_kernel("/dev/console", O_RDWR, 0);

	if (IS_ERR(f)) {
		pr_warn("init: cannot open /dev/console (error %ld): no standard input and output",
			-PTR_ERR(f));
		return;
	}
	for (int i = 0; i < 3; i++) {
		int fd = fd_reserve(0, false);

		if (fd < 0)
			break;
		file_get(f);
		fd_install(fd, f);
	}
	file_put(f);
}

#define INIT_ARGS_MAX  1024
#define INIT_ARGS_SIZE 4096

/* argv of init into `argv`, whose strings are in `strings` behind the name. */
static void init_arguments(const char *name, char *strings, const char **argv)
{
	u32 nr = boot_init_args(strings, INIT_ARGS_SIZE);

	argv[0] = name;
	for (u32 i = 1; i <= nr && i < INIT_ARGS_MAX - 1; i++) {
		argv[i] = strings;
		strings += strlen(strings) + 1;
	}
	argv[min(nr + 1, (u32)INIT_ARGS_MAX - 1)] = NULL;
}

static struct trapframe init_regs; /* there is one init */

/*
 * A trapframe belongs at the top of the kernel stack, where the first frames of this kernel thread
 * lie: they are overwritten, and nothing but this function runs any more. The caller's frame keeps
 * this one's away from there.
 */
static void __noinline __noreturn enter_user(void)
{
	struct arch_thread *t = &current_thread()->arch;

	*arch_trapframe(t) = init_regs;
	arch_enter_user(t);
}

static void init_thread(void *unused)
{
	char distance[2 * sizeof(struct trapframe)];

	static const char *const envp[] = { "HOME=/", "TERM=linux",
		"PATH=/sbin:/usr/sbin:/bin:/usr/bin", NULL };
	static char name[256];
	char *strings = kmalloc(INIT_ARGS_SIZE);
	const char **argv = kzalloc(INIT_ARGS_MAX * sizeof(*argv));
	s64 err;

	(void)unused;
	__asm__ volatile("" ::"r"(distance)); /* it is there, though unused */
	if (!strings || !argv)
		panic("no memory for the first process");
	become_first_process();
	open_console();
	if (!boot_option("init", name, sizeof(name)) || !name[0])
		strlcpy(name, "/sbin/init", sizeof(name));
	init_arguments(name, strings, argv);
	err = exec_kernel(name, argv, envp, &init_regs);
	if (err != 0)
		panic("cannot run init: looked for \"%s\" (init=) in the root filesystem: error "
		      "%ld%s",
			name, -err, err == -ENOENT ? " (there is no such file)" : "");
	kfree(strings);
	kfree(argv);
	enter_user();
}

void process_start_init(void)
{
	struct thread *t = thread_create_kernel("init", init_thread, NULL);

	if (!t)
		panic("no memory for the first process");
	thread_start(t);
}

// SPDX-License-Identifier: MIT
/*
 * fork.c: fork, vfork and clone are one thing: a new thread, in a new process or in the same one,
 * which shares or copies what the flags say.
 *
 *	check flags -> thread (stack, registers, FPU) -> [process: memory, files, handlers] -> number, links -> start
 *
 * Everything that may fail comes before the links; after them the child exists. Failure undoes in
 * reverse. Lock: process_lock for the links only; copying memory sleeps.
 */
#include "proc/fork.h"

#include "fs/fdtable.h"
#include "fs/file.h"
#include "lib/err.h"
#include "lib/string.h"
#include "proc/exit.h"
#include "proc/pidfd.h"
#include "proc/rlimit.h"

/* What clone(2) can do, or refuses for a reason of its own (namespaces). The rest is EINVAL. */
#define CLONE_KNOWN                                                                                \
	(CLONE_NAMESPACES | CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_VFORK |      \
		CLONE_PARENT | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | \
		CLONE_CHILD_CLEARTID | CLONE_DETACHED | CLONE_UNTRACED | CLONE_CHILD_SETTID |      \
		CLONE_PTRACE | CLONE_IO | CLONE_PIDFD | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP)

/* The caller may choose the child's number, if it is privileged. There is one PID namespace. */
static int check_set_tid(const struct clone_request *rq)
{
	if (!rq->nr_set_tids)
		return 0;
	if (rq->nr_set_tids > 1 || rq->set_tid < 1 || rq->set_tid >= PID_MAX)
		return -EINVAL;
	return current_can(CAP_SYS_ADMIN) || current_can(CAP_CHECKPOINT_RESTORE) ? 0 : -EPERM;
}

int fork_check_namespaces(u64 flags)
{
	if (!(flags & CLONE_NAMESPACES))
		return 0;
	return current_can(CAP_SYS_ADMIN) ? -EINVAL : -EPERM;
}

static int check_flags(const struct clone_request *rq)
{
	u64 f = rq->flags;

	if (f & ~(u64)CLONE_KNOWN)
		return -EINVAL;
	if ((f & CLONE_NEWNS) && (f & CLONE_FS))
		return -EINVAL;
	if ((f & CLONE_NEWPID) && (f & CLONE_THREAD))
		return -EINVAL;
	if ((f & CLONE_THREAD) && !(f & CLONE_SIGHAND))
		return -EINVAL;
	if ((f & CLONE_SIGHAND) && !(f & CLONE_VM))
		return -EINVAL;
	if ((f & CLONE_SIGHAND) && (f & CLONE_CLEAR_SIGHAND))
		return -EINVAL;
	if ((f & CLONE_PIDFD) && (f & (CLONE_THREAD | CLONE_DETACHED)))
		return -EINVAL;
	/* The descriptor's number and the thread's would go to the same place. */
	if ((f & CLONE_PIDFD) && (f & CLONE_PARENT_SETTID) && rq->pidfd == rq->parent_tid)
		return -EINVAL;
	if ((f & CLONE_PARENT) && current_process()->unkillable)
		return -EINVAL; /* init's siblings would have no parent */
	if (rq->exit_signal > NR_SIGNALS)
		return -EINVAL;
	if (f & CLONE_INTO_CGROUP)
		return -EBADF; /* no descriptor is one of a control group */
	if ((f & CLONE_SETTLS) && rq->tls >= USER_END)
		return -EPERM;
	return check_set_tid(rq);
}

/* RLIMIT_NPROC, for all but the superuser. */
static int check_process_limit(void)
{
	if (!current_cred()->uid || current_can(CAP_SYS_RESOURCE) || current_can(CAP_SYS_ADMIN) ||
		rlimit_has_room(current_cred()->uid, 1))
		return 0;
	return -EAGAIN;
}

/* ---------------------------------------------------------------- the thread */

static struct thread *create_thread(const struct trapframe *regs, const struct clone_request *rq)
{
	struct thread *me = current_thread(), *t;
	struct thread_proc *mine = thread_proc(me), *its;
	struct trapframe child_regs = *regs;

	child_regs.rax = 0;
	child_regs.orig_rax = (u64)-1;
	if (rq->stack)
		child_regs.rsp = rq->stack;
	t = thread_create_user(me->name, &child_regs, me);
	if (!t)
		return NULL;
	if (process_thread_init(t, mine->blocked) != 0) {
		thread_put(t);
		return NULL;
	}
	its = thread_proc(t);
	/* A child that shares the memory but not the flow of vfork would share the stack with the
	 * parent. */
	if (!(rq->flags & CLONE_VM) || (rq->flags & CLONE_VFORK))
		its->altstack = mine->altstack;
	if (mine->restore_mask) /* fork within sigsuspend cannot be; but be exact */
		its->blocked = mine->saved_mask;
	its->timer_slack = mine->timer_slack;
	its->personality = mine->personality;
	its->no_new_privs = mine->no_new_privs;
	its->is_one_too_many = mine->is_one_too_many;
	if (rq->flags & CLONE_CHILD_CLEARTID)
		its->clear_child_tid = rq->child_tid;
	if (rq->flags & CLONE_SETTLS)
		t->arch.fs_base = rq->tls;
	return t;
}

static void free_thread(struct thread *t)
{
	process_thread_free(t);
	t->process = NULL;
	if (t->files)
		fd_table_put(t->files);
	if (t->fs)
		fs_context_put(t->fs);
	thread_put(t);
}

static struct fd_table *share_files(u64 flags)
{
	struct fd_table *files = current_files();

	if (!(flags & CLONE_FILES))
		return fd_table_copy(files);
	atomic_inc(&files->refs);
	return files;
}

/* Directories and descriptors: each shared or copied. 0, -ENOMEM, -EAGAIN. */
static int give_files(struct thread *t, u64 flags)
{
	t->fs = flags & CLONE_FS ? fs_context_share(current_fs()) : fs_context_copy(current_fs());
	if (!t->fs)
		return flags & CLONE_FS ? -EAGAIN : -ENOMEM;
	t->files = share_files(flags);
	return t->files ? 0 : -ENOMEM;
}

/* ---------------------------------------------------------------- the process */

static struct mm *share_mm(u64 flags)
{
	struct mm *mm = current_mm();

	if (!(flags & CLONE_VM))
		return mm_fork(mm);
	mm_share(mm);
	return mm;
}

static struct sighand *share_sighand(u64 flags)
{
	struct sighand *h = current_process()->sighand;

	if (flags & CLONE_SIGHAND) {
		atomic_inc(&h->refs);
		return h;
	}
	h = sighand_create(h);
	if (h && (flags & CLONE_CLEAR_SIGHAND))
		sighand_reset(h);
	return h;
}

/* Undoes create_process(); the mm is not on any CPU. */
static void free_process(struct process *p)
{
	struct mm *mm = p->mm;

	p->mm = NULL;
	if (mm)
		mm_leave(mm);
	process_put(p);
}

/* A process around thread t: it shares or copies what the flags say. NULL: no memory. */
static struct process *create_process(struct thread *t, const struct clone_request *rq)
{
	struct process *p = process_create(current_process());

	if (!p)
		return NULL;
	p->exit_signal = rq->exit_signal;
	p->vfork_pending = rq->flags & CLONE_VFORK;
	p->sighand = share_sighand(rq->flags);
	if (p->sighand)
		p->mm = share_mm(rq->flags);
	if (!p->mm) {
		free_process(p);
		return NULL;
	}
	thread_get(t);
	p->leader = t;
	return p;
}

/* ---------------------------------------------------------------- linking */

/* May the current process get a child or thread now? A signal for it has to come first: fork is
 * atomic to it. */
static int may_link_locked(void)
{
	struct process *me = current_process();

	if (me->exiting || me->exec_thread)
		return -ERESTARTNOINTR;
	signal_recalc_locked(current_thread());
	return thread_signal_pending() ? -ERESTARTNOINTR : 0;
}

/* The number of the child: the one asked for, or any. -EEXIST, -EAGAIN: there is none. */
static struct pid *alloc_number_locked(const struct clone_request *rq)
{
	struct pid *pid;

	if (rq->nr_set_tids && pid_find(rq->set_tid))
		return ERR_PTR(-EEXIST);
	pid = rq->nr_set_tids ? pid_alloc_at(rq->set_tid) : pid_alloc();
	return pid ? pid : ERR_PTR(-EAGAIN);
}

static void link_process_locked(struct process *p, struct thread *t, struct pid *pid, u64 flags)
{
	struct process *me = current_process();
	bool as_sibling = flags & CLONE_PARENT;

	p->pid = pid->nr;
	p->pid_entry = pid;
	if (as_sibling)
		p->exit_signal = me->exit_signal;
	process_link_locked(p, as_sibling ? me->parent_thread : current_thread());
	/* Group and session are the creator's, whoever the parent is. */
	list_remove(&p->group_link);
	list_remove(&p->session_link);
	p->group = me->group;
	p->session = me->session;
	list_append(&p->group->group, &p->group_link);
	list_append(&p->session->session, &p->session_link);
	process_add_thread_locked(p, t, pid);
}

/* Gives the child its number and makes it known. p NULL: a thread of the current process. The
 * number or -errno. */
static s64 link_child(struct process *p, struct thread *t, const struct clone_request *rq)
{
	struct pid *pid;
	int err;

	process_table_lock();
	err = may_link_locked();
	pid = err ? ERR_PTR(err) : alloc_number_locked(rq);
	if (IS_ERR(pid))
		err = (int)PTR_ERR(pid);
	else if (p)
		link_process_locked(p, t, pid, rq->flags);
	else
		process_add_thread_locked(current_process(), t, pid);
	process_table_unlock();
	return err ? err : t->tid;
}

/* Where parent and child want to find the number. Bad addresses are ignored, as on Linux. */
static void store_tid(const struct thread *t, const struct clone_request *rq)
{
	pid_t tid = t->tid;

	if (rq->flags & CLONE_PARENT_SETTID)
		user_copy_out(rq->parent_tid, &tid, sizeof(tid));
	if (rq->flags & CLONE_CHILD_SETTID)
		mm_access(t->mm, rq->child_tid, &tid, sizeof(tid), ACCESS_WRITE);
}

/* ---------------------------------------------------------------- vfork */

/* Sleeps until the child no longer runs in our memory; only death interrupts it. */
static void wait_for_vfork(struct process *child)
{
	struct waiter w = { .thread = current_thread(), .link = LIST_INIT(w.link) };

	for (;;) {
		waitq_prepare(&child->vfork_wait, &w, THREAD_INTERRUPTIBLE);
		if (!atomic_load(&child->vfork_pending) || thread_is_killed())
			break;
		thread_sleep();
	}
	waitq_finish(&child->vfork_wait, &w);
}

/* ---------------------------------------------------------------- both */

static s64 clone_thread(struct thread *t, const struct clone_request *rq)
{
	s64 tid;

	t->mm = current_mm();
	t->mmu = &t->mm->mmu;
	tid = link_child(NULL, t, rq);
	if (tid < 0)
		return tid;
	store_tid(t, rq);
	thread_start(t);
	return tid;
}

/* CLONE_PIDFD: a descriptor of the child, told to the parent but not open yet. */
struct offered_pidfd {
	struct file *file; /* NULL: none was asked for */
	int fd;
};

static void withdraw_pidfd(const struct offered_pidfd *o)
{
	if (!o->file)
		return;
	fd_release(o->fd);
	file_put(o->file);
}

static int offer_pidfd(struct process *p, const struct clone_request *rq, struct offered_pidfd *o)
{
	struct file *f;

	o->file = NULL;
	if (!(rq->flags & CLONE_PIDFD))
		return 0;
	o->fd = fd_reserve(0, true);
	if (o->fd < 0)
		return o->fd;
	f = pidfd_for(p, 0);
	if (IS_ERR(f)) {
		fd_release(o->fd);
		return (int)PTR_ERR(f);
	}
	o->file = f;
	if (!user_copy_out(rq->pidfd, &o->fd, sizeof(o->fd)))
		return 0;
	withdraw_pidfd(o);
	return -EFAULT;
}

/* The child has its number, or there is no child: -errno. */
static s64 link_with_pidfd(struct process *p, struct thread *t, const struct clone_request *rq)
{
	struct offered_pidfd offered;
	s64 pid = offer_pidfd(p, rq, &offered);

	if (pid)
		return pid;
	pid = link_child(p, t, rq);
	if (pid < 0)
		withdraw_pidfd(&offered);
	else if (offered.file)
		fd_install(offered.fd, offered.file);
	return pid;
}

static s64 clone_process(struct thread *t, const struct clone_request *rq)
{
	struct process *p = create_process(t, rq);
	s64 pid;

	if (!p)
		return -ENOMEM;
	t->mm = p->mm;
	t->mmu = &t->mm->mmu;
	pid = link_with_pidfd(p, t, rq);
	if (pid < 0) {
		free_process(p);
		return pid;
	}
	rlimit_watch_cpu(p);
	store_tid(t, rq);
	if (!(rq->flags & CLONE_VFORK)) {
		thread_start(t);
		return pid;
	}
	process_get(p);
	thread_start(t);
	wait_for_vfork(p);
	process_put(p);
	return pid;
}

s64 fork_clone(const struct trapframe *regs, const struct clone_request *rq)
{
	struct thread *t;
	s64 result = check_flags(rq);

	if (!result)
		result = check_process_limit();
	if (!result)
		result = fork_check_namespaces(rq->flags);
	if (result)
		return result;
	t = create_thread(regs, rq);
	if (!t)
		return -ENOMEM;
	current_proc()->is_one_too_many = false; /* there was room for one more even */
	result = give_files(t, rq->flags);
	if (!result)
		result = rq->flags & CLONE_THREAD ? clone_thread(t, rq) : clone_process(t, rq);
	if (result < 0)
		free_thread(t);
	return result;
}

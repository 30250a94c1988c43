/* SPDX-License-Identifier: MIT */
/*
 * A thread: a kernel stack and what is needed to switch to it. What it belongs to (process, files,
 * signals) is proc/'s and only a pointer here. Life:
 *
 *	thread_create*() -> NEW -thread_start()-> RUNNABLE <-> RUNNING
 *	RUNNING -> INTERRUPTIBLE/BLOCKED/STOPPED -thread_wake()-> RUNNABLE
 *	RUNNING -thread_exit()-> DEAD -> freed by the next thread on that CPU, when its last
 *	                         reference is put
 */
#pragma once

#include "arch/context.h"
#include "arch/mmu.h"
#include "arch/percpu.h"
#include "lib/atomic.h"
#include "lib/list.h"
#include "lib/rbtree.h"
#include "lib/types.h"

#include <linux/resource.h>

enum thread_state {
	THREAD_NEW,
	THREAD_RUNNABLE,      /* running or on a run queue */
	THREAD_INTERRUPTIBLE, /* sleeps; a signal wakes it ("S") */
	THREAD_BLOCKED,       /* sleeps; only its event wakes it ("D") */
	THREAD_STOPPED,       /* job control ("T"): SIGCONT or SIGKILL wakes it */
	THREAD_DEAD,
};

/* thread->flags, changed atomically. Any of THREAD_WORK sends the thread through
 * entry_return_to_user(). */
#define THREAD_NEED_RESCHED 1u
#define THREAD_SIGPENDING   2u /* proc/signal.c: something deliverable may be pending */
#define THREAD_NOTIFY       4u /* proc: other work at the next return (exit of the group, stop) */
#define THREAD_KILLED                                                                              \
	8u /* proc: it dies on its way out; long operations give up. SIGPENDING is set as well */
#define THREAD_WORK (THREAD_NEED_RESCHED | THREAD_SIGPENDING | THREAD_NOTIFY)

struct process;
struct mm;
struct fs_context;
struct fd_table;
struct cred;
#define MAX_HELD_LOCKS 16

struct thread {
	u32 flags; /* atomically; first, for the assembly of the return path */
	u32 state; /* enum thread_state; the run queue's lock */
	struct arch_thread arch;
	struct mmu *mmu;         /* NULL: a kernel thread */
	struct process *process; /* NULL: a kernel thread */
	struct mm *mm;           /* mm/: its address space, read by faults; NULL: kernel thread */
	/* fs/: root, cwd, umask; of kernel threads all the same; NULL: it has exited */
	struct fs_context *fs;
	struct fd_table *files; /* fs/: open files; NULL: a kernel thread, or it has exited */
	const struct rlimit64 *limits; /* proc/: its process's; kernel threads: none that bind */
	const struct cred *cred;       /* cred.h: who it is */

	pid_t tid; /* given by proc; kernel threads: negative numbers of their own */
	char name[16];

	/* scheduler: the lock of the run queue of `cpu` */
	struct rb_node run_node; /* in the run queue, if queued */
	bool queued;
	u32 cpu;            /* where it runs or ran last */
	u32 on_cpu;         /* it is being run, its stack is in use: a hint without the lock */
	int nice;           /* -20..19 */
	int policy;         /* SCHED_NORMAL, SCHED_BATCH, SCHED_IDLE */
	bool reset_on_fork; /* its children are not favoured: their nice values are not below 0 */
	u32 weight;         /* of policy and nice value: fair.c */
	cpumask_t affinity;
	u64 vruntime;     /* ns of CPU, divided by the weight: the run queue's order */
	nsec_t slice_end; /* ns since boot */
	nsec_t stamp;     /* when runtime was last brought up to date */
	nsec_t runtime;   /* CPU time used */
	u64 user_samples, system_samples; /* ticks that found it in user mode, in the kernel */
	nsec_t utime, stime; /* what thread_times() told last: neither ever goes back */
	u64 nr_voluntary, nr_involuntary; /* switches */

	u32 faults_disabled; /* arch/user.h: inside a _nofault copy */
	u64 minor_faults, major_faults;

	atomic_t refs;
	u64 kstack;               /* lowest usable address; 0: an idle thread, or freed */
	void (*start_fn)(void *); /* kernel threads */
	void *start_arg;
	struct list all_link; /* proc's list of the process's threads */
	void *proc_private;   /* proc/: per-thread signal state */

#ifdef CONFIG_DEBUG
	struct {
		const void *lock;
		const char *name;
		u32 rank;
	} held[MAX_HELD_LOCKS]; /* sleeping locks; spinlocks are per CPU */
	u32 nr_held;
#endif
};

DECLARE_PER_CPU(struct thread *, current_thread_ptr);
static inline struct thread *current_thread(void)
{
	return this_cpu_read8(current_thread_ptr);
}

/*
 * A kernel thread, not started. NULL if memory ran out. Its one reference is the thread's own, put
 * when it is dead: who looks at it after thread_start() takes another before. It ends when fn
 * returns. May sleep.
 */
struct thread *thread_create_kernel(const char *name, void (*fn)(void *), void *arg);
/* The same with a printf-like name, started: false if memory ran out. */
bool thread_run_kernel(void (*fn)(void *), void *arg, const char *fmt, ...) __printf(3, 4);
/* A user thread with a kernel stack, FPU state copied from `parent` (NULL: fresh), which will
 * start with these registers. nice, affinity and credentials are the parent's. The caller sets mmu,
 * mm, process, fs, files, limits and tid before thread_start(). References as above. */
struct thread *thread_create_user(
	const char *name, const struct trapframe *regs, const struct thread *parent);
/* Makes a NEW thread runnable. */
void thread_start(struct thread *t);
/* Ends the current thread; its stack is freed once it has been switched away from. proc's
 * references keep the struct. */
void thread_exit(void) __noreturn;
void thread_get(struct thread *t);
/* The last one frees the struct (and a NEW thread's stack). Any context. */
void thread_put(struct thread *t);
void thread_init(void);
/* An idle thread for a CPU: the running code becomes it. Boot only; panics without memory. */
struct thread *thread_create_idle(u32 cpu);
/* => called by the scheduler, off the dead thread's stack */
void thread_reap(struct thread *t);

/* What kernel threads have as thread->fs. Set by fs/ once it exists (arrows run down). */
extern struct fs_context *thread_kernel_fs;

/* The soft limit RLIMIT_* (getrlimit(2)) of the current thread's process. */
static inline u64 current_limit(u32 resource)
{
	return atomic_load_relaxed(&current_thread()->limits[resource].rlim_cur);
}
static inline u64 current_hard_limit(u32 resource)
{
	return atomic_load_relaxed(&current_thread()->limits[resource].rlim_max);
}
/* What kernel threads have as thread->limits. */
extern const struct rlimit64 thread_no_limits[RLIM_NLIMITS];

static inline void thread_set_flag(struct thread *t, u32 flag)
{
	__atomic_fetch_or(&t->flags, flag, __ATOMIC_SEQ_CST);
}

static inline void thread_clear_flag(struct thread *t, u32 flag)
{
	__atomic_fetch_and(&t->flags, ~flag, __ATOMIC_SEQ_CST);
}

/* The current thread is about to die (SIGKILL, exit_group elsewhere): FAULT_KILLED. */
static inline bool thread_is_killed(void)
{
	return current_thread()->flags & THREAD_KILLED;
}

static inline bool thread_signal_pending(void)
{
	return current_thread()->flags & THREAD_SIGPENDING;
}

/* SPDX-License-Identifier: MIT */
/*
 * struct process: a thread group, as Linux calls it: what threads share, and their place in the
 * family. struct thread_proc: what proc/ keeps for each thread (thread->proc_private).
 *
 * One lock, process_lock, guards the table of numbers, the family tree, groups and sessions, states
 * and all signal state; it is taken in thread context only (timers send their signals through a
 * work queue), and held for short walks over lists.
 *
 * Letters: [l] process_lock  [c] constant after creation  [a] atomic  [o] only the owner: the
 * thread itself, or the current thread of this process
 */
#pragma once

#include <linux/resource.h>
#include "fs/context.h"
#include "mm/mm.h"
#include "proc/itimer.h"
#include "proc/pid.h"
#include "proc/signal.h"
#include "sync/waitq.h"

enum process_state {
	PROCESS_ALIVE,
	PROCESS_ZOMBIE, /* all threads are gone; the parent has not waited */
	PROCESS_REAPED, /* no longer in any list */
};

/* CPU time, faults and switches of what is gone: dead threads, or waited-for children. */
struct process_usage {
	nsec_t utime, stime;
	u64 minor_faults, major_faults;
	u64 nr_voluntary, nr_involuntary;
	u64 max_rss; /* pages */
};

/* Job control of a process. ALL its threads stop, then it is stopped (signal_stop.c). */
struct process_stop {
	bool requested;      /* a stop signal was taken; threads are on their way to stop */
	bool complete;       /* all threads sleep: it is stopped */
	u32 nr_running;      /* threads that have not stopped yet */
	u32 signal;          /* which signal */
	bool wait_stopped;   /* the parent has not seen the stop yet (WUNTRACED) */
	bool wait_continued; /* ... the continuation (WCONTINUED) */
};

struct process {
	atomic_t refs;         /* [a] who looks: procfs, a waiter, its threads */
	pid_t pid;             /* [c] */
	struct pid *pid_entry; /* [c] */
	u32 state;             /* [l] enum process_state */

	/* family */
	struct process *parent;        /* [l] NULL: init. Changed by process_set_parent_locked() */
	pid_t parent_pid;              /* [l] its number, 0: init; read without: getppid(2) */
	struct list children, zombies; /* [l] by sibling: the living, and those to be waited for */
	struct list sibling;           /* [l] */
	/* [l] the thread of parent that made it, or has it now that that one is gone */
	struct thread *parent_thread;
	struct list thread_sibling;           /* [l] in the children of that thread */
	struct pid *group, *session;          /* [l] */
	struct list group_link, session_link; /* [l] */
	/* [l] session leaders: the foreground group of a terminal that hung up; 0: none */
	pid_t left_foreground;
	u32 exit_signal; /* [l] what the parent gets when it dies: SIGCHLD, 0 */
	bool did_exec;   /* [l] setpgid(2) by the parent is refused from now on */
	u32 nr_execs;    /* [l] programs that it has become */
	/* [l] its parent's when it became its child: later programs get SIGCHLD only */
	u32 parent_nr_execs;
	bool is_subreaper; /* [l] orphans among its descendants become its children */

	/* threads */
	struct list threads; /* [l] by thread->all_link */
	u32 nr_threads;      /* [l] in that list */
	u32 nr_live; /* [l] of these, not yet past the point where they leave the address space */
	struct thread *leader; /* [l] with a reference: the thread whose tid is pid; perhaps dead */
	struct thread *exec_thread; /* [l] execs and waits that the others die */
	struct waitq thread_wait;   /* a thread went, for exec_thread */

	/* death */
	bool exiting;            /* [l] all threads are to die, with this status */
	u32 exit_status;         /* [l] as wait(2) tells it */
	struct waitq child_wait; /* a child changed its state */
	struct waitq death_wait; /* it died: who polls a pidfd */
	bool vfork_pending;      /* [l] the parent waits that this child execs or dies */
	struct waitq vfork_wait;

	/* signals */
	struct sighand *sighand;   /* [l] handlers; shared between processes by CLONE_SIGHAND */
	struct sigpending pending; /* [l] sent to the process */
	u32 nr_queued; /* [l] siginfos queued for it and its threads: RLIMIT_SIGPENDING */
	struct process_stop stop; /* [l] */
	bool unkillable;          /* [c] init: signals without a handler do nothing */

	/* resources */
	struct mm *mm; /* [l] to change, and to read from outside; NULL: gone */
	struct rlimit64 limits[RLIM_NLIMITS]; /* [l] to change; 16 bytes are read without */
	nsec_t start_time;                    /* [c] */
	struct process_usage dead_threads;    /* [l] */
	struct process_usage dead_children;   /* [l] */
	struct itimers itimers;               /* itimer.h */
	struct list posix_timers;             /* [l] */
	u32 next_timer_id;                    /* [l] */
	int oom_score_adj;                    /* [l] -1000..1000 */
	int oom_score_adj_min; /* [l] lower it gets with CAP_SYS_RESOURCE only, whose last word it is */
};

/* What interrupted nanosleep, futex, poll need to go on: restart_syscall(2). */
struct restart_block {
	s64 (*restart)(struct restart_block *rb);
	u64 args[4];
};

struct thread_proc {
	u64 blocked;               /* [l] to change; the owner reads without */
	u64 saved_mask;            /* [o] to be restored by the next delivery (sigsuspend, ppoll) */
	bool restore_mask;         /* [o] */
	struct sigpending pending; /* [l] sent to this thread */
	u64 waiting_for;           /* [l] sigtimedwait: a blocked signal of these wakes it */
	bool stopped;              /* [l] takes part in the group stop */
	bool stop_is_due;          /* [l] took a stop signal, and no SIGCONT was sent since */
	bool exiting;              /* [l] past accepting signals */
	struct list children;      /* [l] processes whose parent_thread it is; zombies too */
	/* [l] prctl(PR_SET_PDEATHSIG): the process gets this when its parent_thread dies */
	u32 death_signal;

	stack_t altstack; /* [o] */
	u32 trapno;       /* [o] of the last exception, for the ucontext */
	u64 trap_error;
	vaddr_t trap_cr2;

	vaddr_t clear_child_tid;      /* [o] set_tid_address(2) */
	vaddr_t robust_list;          /* [o] set_robust_list(2) */
	struct restart_block restart; /* [o] */
	u64 timer_slack;              /* [o] prctl(PR_SET_TIMERSLACK) */
	u32 personality;              /* [o] personality(2) */
	/* [o] it became a user with more processes than RLIMIT_NPROC: execve(2) fails while it is so */
	bool is_one_too_many;
	bool no_new_privs; /* [o] prctl(2): set-user-ID programs give no rights from now on */
};

static inline struct thread_proc *thread_proc(const struct thread *t)
{
	return t->proc_private;
}

static inline struct thread_proc *current_proc(void)
{
	return thread_proc(current_thread());
}

/* The current thread's process; NULL in kernel threads. */
static inline struct process *current_process(void)
{
	return current_thread()->process;
}

/* --- the lock --- */
extern struct spinlock process_lock; /* RANK_PROCESS */

static inline void process_table_lock(void)
{
	spin_lock(&process_lock);
}

static inline void process_table_unlock(void)
{
	spin_unlock(&process_lock);
}

#define assert_process_locked() debug_assert(spin_is_locked(&process_lock))

/* --- references --- */
static inline void process_get(struct process *p)
{
	atomic_inc(&p->refs);
}
/* The last one frees the struct. Does not sleep. */
void process_put(struct process *p);
/* The process with this number (zombies too) with a reference, or NULL. */
struct process *process_find_get(pid_t pid);

/* --- making and linking (fork.c, process.c) --- */
/* A process without threads and numbers; limits are the parent's (NULL: the first process's). NULL:
 * no memory. May sleep. */
struct process *process_create(struct process *parent);
/* The same for proc's half of a thread. mask: blocked signals. 0 or -ENOMEM. */
int process_thread_init(struct thread *t, u64 mask);
/* Puts a thread that has a number (pid) into the process. => process_lock held */
void process_add_thread_locked(struct process *p, struct thread *t, struct pid *pid);
/* Takes a thread that exits out again, and gives its number back. => process_lock held */
void process_remove_thread_locked(struct process *p, struct thread *t);
void process_thread_free(struct thread *t);
/* Makes p a child of this thread's process, in its group and session. NULL: the first process. =>
 * process_lock held */
void process_link_locked(struct process *p, struct thread *thread);
/* Only the pointers; which list of the parent it stands in is the caller's. => process_lock held */
void process_set_parent_locked(struct process *p, struct thread *thread);
/* Takes a zombie out of all lists and the table; the caller puts the reference of the table
 * afterwards. => process_lock held */
void process_unlink_locked(struct process *p);

/* --- looking --- */
/* Who a process is to others: its leader, which stays until it is reaped, dead or alive. =>
 * process_lock held */
static inline const struct cred *process_cred_locked(const struct process *p)
{
	assert_process_locked();
	return p->leader->cred;
}
/* The current thread is this from now on; takes over the reference. Rights that change take away
 * what belonged to the old ones: "dumpable" and PR_SET_PDEATHSIG (prctl(2)); true then. */
bool process_set_cred(const struct cred *new);
/* The same with a copy of *as, which the caller made of its own credentials. 0 or -ENOMEM. */
int process_become(const struct cred *as);
/* As whom one looks at others (ptrace(2), PTRACE_MODE_*): the filesystem user with the effective
 * capabilities, or the real one with those permitted. */
enum process_look {
	LOOK_FSCREDS,
	LOOK_REALCREDS
};
/* May the current thread look into the memory and files of thread t of p? (ptrace(2), "access mode
 * checking", PTRACE_MODE_READ) => process_lock held */
bool process_may_be_seen_locked(
	const struct process *p, const struct thread *t, enum process_look as);
/* The address space of thread t of p (NULL: of the leader), with a reference (mm_put). NULL: the thread
 * has ended. */
struct mm *process_get_mm(struct process *p, const struct thread *t);
/* The same for the current thread to look into (LOOK_FSCREDS): what is given is what permission was
 * asked for. None is needed for what one runs in oneself, nor where there is none. ERR_PTR:
 * -EACCES. */
struct mm *process_look_into(struct process *p, const struct thread *t);
/* => process_lock held */
struct mm *process_look_into_locked(
	struct process *p, const struct thread *t, enum process_look as);
/* CPU time, faults... of all its threads, dead and alive. => process_lock held */
void process_usage_locked(struct process *p, struct process_usage *u);
void process_usage_add(struct process_usage *to, const struct process_usage *more);
/* One thread's. */
void process_thread_usage(struct thread *t, struct process_usage *u);
static inline u64 process_limit(const struct process *p, u32 resource)
{
	return atomic_load_relaxed(&p->limits[resource].rlim_cur);
}
u32 process_count(void);        /* processes that exist, zombies too */
u32 process_thread_count(void); /* threads */
u64 process_fork_count(void);   /* since boot: /proc/stat "processes" */

/* The first process. NULL before process_start_init(). */
extern struct process *init_process;

/* --- boot --- */
void process_init(void);
/* Starts init (pid 1) in a thread of its own: init= or /sbin/init, with the arguments of the
 * command line and /dev/console as standard input, output and error. A missing init is a panic. */
void process_start_init(void);

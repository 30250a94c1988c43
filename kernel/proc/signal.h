/* SPDX-License-Identifier: MIT */
/*
 * Signals: sending (signal.c), taking and delivering on the way to user mode (signal_deliver.c),
 * stop and continue (signal_stop.c). signal(7) is the contract.
 *
 *	sender -> ignored? -> queue (thread or process) -> choose a thread -> THREAD_SIGPENDING, wake, kick
 *	                 thread -> entry_return_to_user -> signal_deliver: take one, act: handler, stop, die, nothing
 *
 * A signal that kills is acted on by the sender: it marks all threads at once (THREAD_KILLED), so
 * that nothing delays it.
 */
#pragma once

#include <asm/siginfo.h>
#include <asm/signal.h>
#include "arch/trap.h"
#include "lib/atomic.h"
#include "lib/list.h"
#include "lib/types.h"

#define NR_SIGNALS      64
#define SIGNAL_BIT(sig) (1UL << ((sig)-1))
/* SIGKILL and SIGSTOP can be neither blocked nor caught. */
#define SIGNALS_UNBLOCKABLE (SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP))
#define SIGNALS_STOP                                                                               \
	(SIGNAL_BIT(SIGSTOP) | SIGNAL_BIT(SIGTSTP) | SIGNAL_BIT(SIGTTIN) | SIGNAL_BIT(SIGTTOU))
#define SIGNALS_IGNORED_BY_DEFAULT                                                                 \
	(SIGNAL_BIT(SIGCONT) | SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGWINCH) | SIGNAL_BIT(SIGURG))
/* Raised by an instruction: taken before all others. */
#define SIGNALS_SYNCHRONOUS                                                                        \
	(SIGNAL_BIT(SIGSEGV) | SIGNAL_BIT(SIGBUS) | SIGNAL_BIT(SIGILL) | SIGNAL_BIT(SIGTRAP) |     \
		SIGNAL_BIT(SIGFPE) | SIGNAL_BIT(SIGSYS))

struct pid;
struct process;
struct thread;

struct sigpending {
	u64 set; /* which signals */
	/* their siginfos, oldest first; a signal without one came from an overloaded sender */
	struct list infos;
};

struct sighand {
	atomic_t refs; /* processes that share it */
	struct sigaction actions[NR_SIGNALS];
};

static inline struct sigaction *sighand_action(struct sighand *h, int sig)
{
	return &h->actions[sig - 1];
}

/* copy NULL: all default. NULL: no memory */
struct sighand *sighand_create(const struct sighand *copy);
/* What was done to signals goes, but for what is ignored (POSIX exec, CLONE_CLEAR_SIGHAND).
 * => process_lock held, if anybody else can see h */
void sighand_reset(struct sighand *h);
/* => process_lock held */
void sighand_copy_locked(struct sighand *to, const struct sighand *from);
void sighand_put(struct sighand *h);

/* --- siginfos --- */
void siginfo_init(siginfo_t *info, int sig, int code);
/* From the current process: SI_USER, SI_TKILL, ... with its pid and uid. */
void siginfo_init_user(siginfo_t *info, int sig, int code);
/* One that a user made, with any code. A timer's own have si_sys_private set until they are taken; this one
 * will not pass for one. 0 or -EFAULT. */
int siginfo_copy_in(siginfo_t *info, vaddr_t from);

/* --- sending; info NULL: SI_KERNEL. 0, or -EAGAIN (a real-time signal of a user's, and the
 * queue is full) */
int signal_send_process(struct process *p, int sig, const siginfo_t *info);
int signal_send_process_locked(struct process *p, int sig, const siginfo_t *info);
int signal_send_thread_locked(struct thread *t, int sig, const siginfo_t *info);
/* To all of a group or, -1, to whom kill(-1) means. 0, -ESRCH, -EINVAL (no such signal), -EPERM. sig
 * 0 only checks. */
int signal_kill(pid_t pid, int sig, const siginfo_t *info);
/* tgkill: tgid 0 or -1 is any. */
int signal_kill_thread(pid_t tgid, pid_t tid, int sig, const siginfo_t *info);
/* From the kernel (terminal, orphaned groups): no permission is asked. */
void signal_send_group_locked(struct pid *group, int sig);

/* May the current thread send this to p, to which thread t belongs or (a dead leader) belonged? 0,
 * -EINVAL (no such signal; 0 is one) or -EPERM. => process_lock held */
int signal_permission_locked(const struct process *p, const struct thread *t, int sig);

/* To the current thread, and it cannot be refused: if it is blocked or ignored it kills. For
 * exceptions. */
void signal_force(int sig, int code, vaddr_t addr);
void signal_force_info(int sig, const siginfo_t *info);
/* exec: the other threads die, the process goes on. => process_lock held */
void signal_kill_others_locked(struct process *p, struct thread *survivor);
/* SIGKILL that even init obeys (OOM, failed exec). */
void signal_force_kill(struct process *p);

/* All threads of the process die with this wait status, unless it was decided already. =>
 * process_lock held */
void signal_begin_exit_locked(struct process *p, u32 status);

/* --- masks, of the current thread --- */
void signal_set_mask(u64 mask);
/* For sigsuspend, ppoll, pselect6, epoll_pwait: this mask until the call ends. If it ends by a
 * signal (interrupted), the old mask comes back after the handler was set up, else at once.
 * signal_mask_begin(mask); err = wait...; signal_mask_end(err == -EINTR or -ERESTART...); */
void signal_mask_begin(u64 mask);
void signal_mask_end(bool interrupted);
/* The mask argument of ppoll and pselect6: reads it (size must be 8) and begins. address 0: does
 * nothing. 0, -EINVAL, -EFAULT. */
int signal_mask_begin_user(vaddr_t mask, size_t size);
/* Something is pending and not blocked? Sets or clears THREAD_SIGPENDING. => process_lock held */
void signal_recalc_locked(struct thread *t);
/* Signals pending for the thread and its process. */
u64 signal_pending_set_locked(struct thread *t);
bool signal_is_ignored_locked(struct process *p, int sig);
/* The current thread blocks or ignores it (terminals ask: SIGTTIN, SIGTTOU). */
bool signal_current_ignores(int sig);

/* Takes the next signal that is in `set`: its number, with *info; 0: none. => process_lock held */
int signal_take_locked(struct thread *t, u64 set, siginfo_t *info);
/* The siginfo of this timer (timer_create(2)) that waits in the queue; NULL: none. Costs by its length. =>
 * process_lock held */
siginfo_t *signal_find_timer_locked(const struct sigpending *pending, int sig, int timer);
/* Throws away all that is queued in it. */
void signal_flush_locked(struct process *p, struct sigpending *pending, u64 set);
static inline void sigpending_init(struct sigpending *pending)
{
	pending->set = 0;
	list_init(&pending->infos);
}

/* --- delivering (signal_deliver.c) --- */
/* On the way to user mode: dies, stops, calls handlers, restarts the system call. */
void signal_deliver(struct trapframe *tf);
/* rt_sigreturn(2). */
s64 signal_return(struct trapframe *tf);

/* --- stop and continue (signal_stop.c) --- */
/* The current thread took a stop signal: the process stops. Sleeps until it goes on. */
void signal_stop_current(int sig);
/* The current thread obeys a stop that another thread began. */
void signal_stop_join(void);
/* SIGCONT or SIGKILL: all go on. => process_lock held */
void signal_continue_locked(struct process *p);
/* One thread fewer has to stop: it exits. => process_lock held */
void signal_stop_thread_exits_locked(struct thread *t);
/* SIGCHLD to the parent of p with code CLD_*, and it wakes from wait(2). => process_lock held */
void signal_notify_parent_locked(struct process *p, int code, int status);

void signal_init(void);

// SPDX-License-Identifier: MIT
/*
 * signal_deliver.c: a thread on its way to user mode takes its signals.
 *
 *	killed? -> exit        stop wanted? -> sleep        take one:
 *	    ignored              next one
 *	    default: ignore      next one
 *	    default: stop        signal_stop_current, next one
 *	    default: kill        exit of all threads
 *	    handler              build a frame (arch), block its mask, run it
 *	none left: the interrupted system call is run again, or ends with EINTR
 *
 * Not here: choosing the thread and queueing (signal.c).
 */
#include "arch/sigframe.h"
#include "arch/user.h"
#include "debug/assert.h"
#include "debug/printk.h"
#include "lib/err.h"
#include "proc/altstack.h"
#include "proc/exit.h"
#include "proc/process.h"
#include "proc/signal.h"

#include <asm/unistd.h>
#include <linux/signal.h>

struct taken_signal {
	int sig;
	siginfo_t info;
	struct sigaction action;
};

/* A handler will run: what becomes of the system call that the signal interrupted. */
static void finish_syscall_for_handler(struct trapframe *tf, const struct sigaction *action)
{
	s64 result = (s64)tf->rax;

	if ((s64)tf->orig_rax < 0)
		return;
	if (result == -ERESTARTNOHAND || result == -ERESTART_RESTARTBLOCK ||
		(result == -ERESTARTSYS && !(action->sa_flags & SA_RESTART)))
		tf->rax = (u64)-EINTR;
	else if (result == -ERESTARTSYS || result == -ERESTARTNOINTR)
		arch_restart_syscall(tf, tf->orig_rax);
	tf->orig_rax = (u64)-1;
}

/* No handler runs: the call goes on as if nothing had been. */
static void finish_syscall_without_handler(struct trapframe *tf)
{
	s64 result = (s64)tf->rax;

	if ((s64)tf->orig_rax < 0)
		return;
	if (result == -ERESTARTSYS || result == -ERESTARTNOINTR || result == -ERESTARTNOHAND)
		arch_restart_syscall(tf, tf->orig_rax);
	else if (result == -ERESTART_RESTARTBLOCK)
		arch_restart_syscall(tf, __NR_restart_syscall);
	tf->orig_rax = (u64)-1;
}

/* The frame could not be built: the program has no stack to be told on. */
static void kill_for_bad_stack(int sig)
{
	struct process *p = current_process();

	if (sig == SIGSEGV) {
		process_table_lock();
		signal_begin_exit_locked(p, SIGSEGV);
		process_table_unlock();
		return;
	}
	signal_force(SIGSEGV, SI_KERNEL, 0);
}

static void block_for_handler(const struct taken_signal *s)
{
	u64 mask = current_proc()->blocked | s->action.sa_mask;

	if (!(s->action.sa_flags & SA_NODEFER))
		mask |= SIGNAL_BIT(s->sig);
	signal_set_mask(mask);
}

static void run_handler(struct trapframe *tf, const struct taken_signal *s)
{
	struct thread_proc *tp = current_proc();
	struct sigframe_request rq = {
		.action = &s->action,
		.info = &s->info,
		.saved_mask = tp->restore_mask ? tp->saved_mask : tp->blocked,
		.altstack = tp->altstack,
		.trapno = tp->trapno,
		.error = tp->trap_error,
		.cr2 = tp->trap_cr2,
	};

	finish_syscall_for_handler(tf, &s->action);
	rq.on_altstack = altstack_holds(&tp->altstack, tf->rsp);
	rq.switch_to_altstack =
		(s->action.sa_flags & SA_ONSTACK) && tp->altstack.ss_size && !rq.on_altstack;
	if (sigframe_push(tf, &current_thread()->arch, &rq) != 0) {
		kill_for_bad_stack(s->sig);
		return;
	}
	if (tp->altstack.ss_flags & (int)SS_AUTODISARM)
		tp->altstack = (stack_t){ .ss_flags = SS_DISABLE };
	tp->restore_mask = false;
	block_for_handler(s);
}

static bool is_stop(int sig)
{
	return sig < 32 && (SIGNAL_BIT(sig) & SIGNALS_STOP);
}

/* Takes signals that need nothing done until one needs something. False: none is left. */
static bool take_next(struct taken_signal *s)
{
	struct thread *t = current_thread();
	struct process *p = t->process;
	bool found = false;

	process_table_lock();
	while (!(t->flags & THREAD_KILLED) &&
		(s->sig = signal_take_locked(t, ~thread_proc(t)->blocked, &s->info)) != 0) {
		struct sigaction *action = sighand_action(p->sighand, s->sig);

		s->action = *action;
		if (signal_is_ignored_locked(p, s->sig))
			continue;
		if (action->sa_handler == SIG_DFL && p->unkillable && s->info.si_code <= 0)
			continue;
		if (action->sa_handler != SIG_DFL && (action->sa_flags & SA_RESETHAND))
			action->sa_handler = SIG_DFL;
		thread_proc(t)->stop_is_due = is_stop(s->sig);
		found = true;
		break;
	}
	signal_recalc_locked(t);
	process_table_unlock();
	return found;
}

/* What a signal does without a handler. */
static void default_action(int sig)
{
	struct process *p = current_process();

	if (is_stop(sig)) {
		signal_stop_current(sig);
		return;
	}
	process_table_lock();
	signal_begin_exit_locked(p, (u32)sig);
	process_table_unlock();
	exit_thread();
}

void signal_deliver(struct trapframe *tf)
{
	struct thread *t = current_thread();
	struct taken_signal s;

	for (;;) {
		if (t->flags & THREAD_KILLED)
			exit_thread();
		if (t->process->stop.requested)
			signal_stop_join();
		if (t->flags & THREAD_KILLED)
			exit_thread();
		if (!take_next(&s))
			break;
		if (s.action.sa_handler != SIG_DFL) {
			run_handler(tf, &s);
			/* more of them: the caller looks again, and builds a frame on top */
			return;
		}
		default_action(s.sig);
	}
	if (t->flags & THREAD_KILLED)
		exit_thread();
	finish_syscall_without_handler(tf);
	signal_mask_end(false);
}

s64 signal_return(struct trapframe *tf)
{
	struct thread_proc *tp = current_proc();
	stack_t altstack = tp->altstack;
	u64 mask = tp->blocked;
	int err;

	err = sigframe_pop(tf, &current_thread()->arch, &mask, &altstack);
	tf->orig_rax = (u64)-1;
	signal_set_mask(mask);
	if (err) {
		signal_force(SIGSEGV, SI_KERNEL, 0);
		return 0;
	}
	/* As on Linux nobody is told if the frame's stack is none that could be set. */
	(void)altstack_set(&tp->altstack, &altstack, tf->rsp);
	return (s64)tf->rax;
}

// SPDX-License-Identifier: MIT
/*
 * signal_stop.c: job control. A stop signal stops the whole process; SIGCONT makes it go on the
 * moment it is sent.
 *
 *	a thread takes a stop signal           the last one arrives                SIGCONT sent
 *	running -----------------> requested -----------------------> complete -------------------> running
 *	                           each thread, on its way to user    parent: CLD_STOPPED,           parent: CLD_CONTINUED,
 *	                           mode: sleeps (THREAD_STOPPED)      wait(WUNTRACED)                wait(WCONTINUED)
 *
 * Invariant (process_lock): stop.nr_running is the number of threads that have to stop still; 0
 * means complete.
 */
#include <asm/siginfo.h>
#include "debug/assert.h"
#include "proc/pgrp.h"
#include "proc/process.h"
#include "proc/signal.h"

#include <linux/time.h>

static long clock_ticks(nsec_t ns)
{
	return (long)(ns / (NSEC_PER_SEC / 100));
}

/* What the parent gets when p died. A program that the parent became since (set-user-ID perhaps)
 * asked for nothing special. */
static int death_signal(const struct process *p)
{
	return p->parent_nr_execs == p->parent->nr_execs ? (int)p->exit_signal : SIGCHLD;
}

void signal_notify_parent_locked(struct process *p, int code, int status)
{
	struct process *parent = p->parent;
	struct process_usage u;
	struct sigaction *action;
	siginfo_t info;
	int sig;

	if (!parent)
		return;
	sig = p->state == PROCESS_ZOMBIE ? death_signal(p) : SIGCHLD;
	if (sig) {
		process_usage_locked(p, &u);
		siginfo_init(&info, sig, code);
		info.si_pid = p->pid;
		info.si_uid = process_cred_locked(p)->uid;
		info.si_status = status;
		info.si_utime = clock_ticks(u.utime);
		info.si_stime = clock_ticks(u.stime);
		action = sighand_action(parent->sighand, sig);
		if (p->state == PROCESS_ZOMBIE || sig != SIGCHLD || action->sa_handler == SIG_DFL ||
			!(action->sa_flags & SA_NOCLDSTOP))
			signal_send_process_locked(parent, sig, &info);
	}
	waitq_wake_all(&parent->child_wait);
}

/* One thread stopped, or is gone: perhaps it was the last one that was missing. */
static void one_stopped(struct process *p)
{
	assert(p->stop.nr_running > 0);
	if (--p->stop.nr_running > 0)
		return;
	p->stop.complete = true;
	p->stop.wait_stopped = true;
	p->stop.wait_continued = false;
	signal_notify_parent_locked(p, CLD_STOPPED, (int)p->stop.signal);
}

static void begin_stop(struct process *p, int sig)
{
	struct thread *t;

	p->stop.requested = true;
	p->stop.complete = false;
	p->stop.signal = (u32)sig;
	p->stop.nr_running = 0;
	list_for_each (t, &p->threads, all_link) {
		if (thread_proc(t)->exiting)
			continue;
		thread_proc(t)->stopped = false;
		p->stop.nr_running++;
		if (t == current_thread())
			continue;
		thread_set_flag(t, THREAD_SIGPENDING);
		if (!thread_wake_states(t, WAKE_SIGNAL))
			thread_kick(t);
	}
}

/* Sleeps as long as the process is to be stopped. */
static void sleep_stopped(struct process *p)
{
	struct thread *t = current_thread();
	struct thread_proc *tp = thread_proc(t);

	tp->stopped = true;
	one_stopped(p);
	while (p->stop.requested && tp->stopped && !(t->flags & THREAD_KILLED)) {
		thread_set_state(THREAD_STOPPED);
		process_table_unlock();
		thread_sleep();
		process_table_lock();
	}
	tp->stopped = false;
	signal_recalc_locked(t);
}

void signal_stop_current(int sig)
{
	struct process *p = current_process();

	process_table_lock();
	/* The lock was given up since the signal was taken: it may be too late, or SIGCONT came. */
	if (!(current_thread()->flags & THREAD_KILLED) && current_proc()->stop_is_due &&
		(sig == SIGSTOP || !pgrp_is_orphaned_locked(p->group))) {
		if (!p->stop.requested)
			begin_stop(p, sig);
		sleep_stopped(p);
	}
	process_table_unlock();
}

void signal_stop_join(void)
{
	struct process *p = current_process();

	process_table_lock();
	if (p->stop.requested && !thread_proc(current_thread())->stopped &&
		!(current_thread()->flags & THREAD_KILLED))
		sleep_stopped(p);
	process_table_unlock();
}

void signal_continue_locked(struct process *p)
{
	bool was_stopped = p->stop.complete;
	struct thread *t;

	assert_process_locked();
	list_for_each (t, &p->threads, all_link)
		thread_proc(t)->stop_is_due = false;
	if (!p->stop.requested)
		return;
	p->stop = (struct process_stop){ .wait_continued = was_stopped };
	list_for_each (t, &p->threads, all_link)
		thread_wake_states(t, WAKE_STOPPED);
	if (was_stopped)
		signal_notify_parent_locked(p, CLD_CONTINUED, SIGCONT);
}

void signal_stop_thread_exits_locked(struct thread *t)
{
	struct process *p = t->process;

	if (p->stop.requested && !p->stop.complete && !thread_proc(t)->stopped &&
		p->stop.nr_running)
		one_stopped(p);
}

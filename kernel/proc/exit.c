// SPDX-License-Identifier: MIT
/*
 * exit.c: how threads and processes end.
 *
 *	each thread:  robust futexes, clear_child_tid -> leaves the address space -> (last one: frees memory, files, terminal)
 *	              -> out of the thread list -> (last one: children to init, ZOMBIE, tell the parent) -> thread_exit
 *
 * nr_live falls before the memory is left, nr_threads at the very end: the thread that takes
 * nr_live to 0 releases what threads share, and no other thread can touch it any more; the one that
 * takes nr_threads to 0 makes the zombie.
 *
 * Not here: who is told by which wait(2) (wait.c).
 */
#include "proc/exit.h"

#include "debug/assert.h"
#include "debug/panic.h"
#include "fs/context.h"
#include "fs/fdtable.h"
#include "proc/futex.h"
#include "proc/pgrp.h"
#include "proc/posix_timer.h"

/* ---------------------------------------------------------------- what a process shares */

static struct mm *take_mm(struct process *p)
{
	struct mm *mm;

	process_table_lock();
	mm = p->mm;
	if (mm)
		p->dead_threads.max_rss =
			max(p->dead_threads.max_rss, max(mm->rss_peak, mm_rss(mm)));
	p->mm = NULL;
	itimer_stop_locked(p);
	process_table_unlock();
	return mm;
}

/* Files, then directories; whoever looks at the thread finds none from now on. */
static void leave_files(struct thread *t)
{
	struct fs_context *fs;
	struct fd_table *files;
	bool last;

	process_table_lock();
	fs = t->fs;
	files = t->files;
	t->fs = NULL;
	t->files = NULL;
	last = fs_context_drop(fs); /* at once: exec counts who has it */
	process_table_unlock();
	fd_table_put(files);
	if (last)
		fs_context_free(fs);
}

static void wake_vfork_parent(struct process *p)
{
	process_table_lock();
	p->vfork_pending = false;
	process_table_unlock();
	waitq_wake_all(&p->vfork_wait);
}

/* The last thread is alone now. */
static void release_memory(struct process *p)
{
	struct mm *mm = take_mm(p);

	posix_timer_delete_all(p);
	if (mm)
		mm_leave(mm);
	wake_vfork_parent(p);
}

/* ---------------------------------------------------------------- family */

/* The first thread of p that does not exit; NULL: all do. */
static struct thread *find_live_thread(const struct process *p)
{
	struct thread *t;

	list_for_each (t, &p->threads, all_link)
		if (!thread_proc(t)->exiting)
			return t;
	return NULL;
}

/* Who takes care of the children of p: a subreaper above it, or init. */
static struct thread *find_reaper(struct process *p)
{
	struct process *up;
	struct thread *t;

	for (up = p->parent; up; up = up->parent) {
		t = up->is_subreaper && !up->exiting ? find_live_thread(up) : NULL;
		if (t)
			return t;
	}
	return find_live_thread(init_process);
}

/* PR_SET_PDEATHSIG is about the thread that made the child, and each of the child's threads may
 * have asked for it. */
static void send_death_signals(struct process *child)
{
	struct thread *t;
	u32 sig;

	list_for_each (t, &child->threads, all_link) {
		sig = thread_proc(t)->death_signal;
		if (sig)
			signal_send_process_locked(child, (int)sig, NULL);
	}
}

/* Thread t is not the last one: another one, that lives if there is any, has its children now. */
static void hand_children_over(struct thread *t)
{
	struct process *p = t->process, *child, *next;
	struct thread *live, *heir;

	if (list_empty(&thread_proc(t)->children))
		return;
	heir = live = find_live_thread(p);
	if (!heir)
		heir = list_first(&p->threads, struct thread, all_link);
	list_for_each_safe (child, next, &thread_proc(t)->children, thread_sibling) {
		process_set_parent_locked(child, heir);
		if (live) /* else it is told when the last thread goes */
			send_death_signals(child);
	}
}

/* True if nobody wants to wait for p: its parent ignores the death of its children. */
static bool is_unwanted(const struct process *p)
{
	const struct sigaction *action;

	if (!p->parent || p->exit_signal != SIGCHLD)
		return false;
	action = sighand_action(p->parent->sighand, SIGCHLD);
	return action->sa_handler == SIG_IGN || (action->sa_flags & SA_NOCLDWAIT);
}

static void tell_of_death(struct process *p)
{
	u32 sig = WAIT_STATUS_SIGNAL(p->exit_status);

	signal_notify_parent_locked(
		p, sig ? CLD_KILLED : CLD_EXITED, sig ? (int)sig : (int)(p->exit_status >> 8));
}

/* The orphans get a new parent; those of them that are zombies and unwanted there go to `gone` (by
 * sibling). */
static void give_children_away(struct process *p, struct list *gone)
{
	struct thread *reaper_thread = find_reaper(p);
	struct process *child, *next, *reaper = reaper_thread->process;

	list_for_each_safe (child, next, &p->children, sibling) {
		list_remove(&child->sibling);
		process_set_parent_locked(child, reaper_thread);
		child->exit_signal = SIGCHLD; /* what else was agreed on was with p */
		list_append(&reaper->children, &child->sibling);
		send_death_signals(child);
	}
	list_for_each_safe (child, next, &p->zombies, sibling) {
		list_remove(&child->sibling);
		process_set_parent_locked(child, reaper_thread);
		child->exit_signal = SIGCHLD;
		list_append(&reaper->zombies, &child->sibling);
		tell_of_death(child);
		if (is_unwanted(child)) {
			process_unlink_locked(child);
			list_append(gone, &child->sibling);
		}
	}
}

/* The process has no thread any more. => process_lock held */
static void become_zombie_locked(struct process *p, struct list *gone)
{
	bool unwanted;

	pgrp_parent_dies_locked(p);
	pgrp_member_dies_locked(p);
	give_children_away(p, gone);
	signal_flush_locked(p, &p->pending, ~0UL);
	p->state = PROCESS_ZOMBIE;
	waitq_wake_all(&p->death_wait);
	p->stop = (struct process_stop){ 0 };
	list_remove(&p->sibling);
	if (p->parent)
		list_append(&p->parent->zombies, &p->sibling);
	unwanted = is_unwanted(p);
	tell_of_death(p);
	if (unwanted) {
		process_unlink_locked(p);
		list_append(gone, &p->sibling);
	}
}

/* ---------------------------------------------------------------- threads */

/* Everything of the thread that lies in user memory. */
static void leave_user_memory(struct thread *t)
{
	struct thread_proc *tp = thread_proc(t);
	u32 zero = 0;

	if (!t->mm)
		return;
	if (tp->robust_list)
		futex_exit_robust(tp->robust_list);
	/* Only if somebody is left who could wait for it. */
	if (tp->clear_child_tid && atomic_read(&t->mm->owners) + (s32)t->process->nr_live > 2) {
		user_copy_out(tp->clear_child_tid, &zero, sizeof(zero));
		futex_wake_address(tp->clear_child_tid);
	}
	tp->clear_child_tid = 0;
	mm_activate(NULL);
}

static void die_with_init(const struct process *p)
{
	u32 sig = WAIT_STATUS_SIGNAL(p->exit_status);

	if (sig)
		panic("init (process 1) was killed by signal %u", sig);
	panic("init (process 1) exited with status %u", p->exit_status >> 8);
}

/* True if this was the last one; init's must not go. */
static bool leave_process(struct thread *t)
{
	struct process *p = t->process;
	bool last;

	process_table_lock();
	thread_proc(t)->exiting = true;
	signal_stop_thread_exits_locked(t);
	thread_proc(t)->stopped = true;
	last = --p->nr_live == 0;
	if (last && p == init_process)
		die_with_init(p);
	process_table_unlock();
	return last;
}

/* The thread out of the lists; the last one leaves a zombie. */
static void unlink_thread(struct thread *t, struct list *gone)
{
	struct process *p = t->process;
	struct process_usage u;

	process_table_lock();
	process_thread_usage(t, &u);
	process_usage_add(&p->dead_threads, &u);
	signal_flush_locked(p, &thread_proc(t)->pending, ~0UL);
	process_remove_thread_locked(p, t);
	if (p->nr_threads == 0)
		become_zombie_locked(p, gone);
	else
		hand_children_over(t);
	process_thread_free(t);
	t->process = NULL;
	t->limits = thread_no_limits;
	process_table_unlock();
	waitq_wake_all(&p->thread_wait);
}

void exit_thread(void)
{
	struct thread *t = current_thread();
	struct process *p = t->process, *dead, *next;
	struct list gone = LIST_INIT(gone);
	bool last;

	process_get(p);
	leave_user_memory(t);
	last = leave_process(t);
	if (last)
		release_memory(p);
	leave_files(t);
	if (last && p->session == p->pid_entry)
		pgrp_session_leader_dies(p);
	unlink_thread(t, &gone);
	process_put(p);
	list_for_each_safe (dead, next, &gone, sibling) {
		list_remove(&dead->sibling);
		process_put(dead);
	}
	thread_exit();
}

void exit_thread_code(int code)
{
	struct process *p = current_process();

	process_table_lock();
	/* the last thread's code is the process's */
	if (!p->exiting)
		p->exit_status = WAIT_STATUS_EXITED(code);
	process_table_unlock();
	exit_thread();
}

void exit_group(int code)
{
	process_table_lock();
	signal_begin_exit_locked(current_process(), WAIT_STATUS_EXITED(code));
	process_table_unlock();
	exit_thread();
}

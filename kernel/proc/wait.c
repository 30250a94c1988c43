// SPDX-License-Identifier: MIT
/*
 * wait.c: a parent learns what became of its children, and zombies go for ever.
 *
 * The usual questions cost nothing by the number of children: "any child" takes the first zombie,
 * "this child" asks the table. Only stopped and continued children, groups and clone children are
 * searched for.
 *
 * Lock: process_lock for each look; the waiter is queued on child_wait before it looks.
 */
#include "proc/wait.h"

#include "lib/err.h"
#include "proc/exit.h"

#include <asm/siginfo.h>

static bool is_eligible(const struct wait_request *rq, const struct process *p)
{
	if (rq->which == P_PID && p->pid != rq->id)
		return false;
	if (rq->only && p != rq->only)
		return false;
	if (rq->which == P_PGID && p->group->nr != rq->id)
		return false;
	if ((rq->options & __WNOTHREAD) && p->parent_thread != current_thread())
		return false;
	if (rq->options & __WALL)
		return true;
	return (p->exit_signal != SIGCHLD) == !!(rq->options & __WCLONE);
}

static void fill(struct process *p, int code, u32 status, struct wait_result *result)
{
	result->pid = p->pid;
	result->uid = process_cred_locked(p)->uid;
	result->code = code;
	result->status = status;
	process_usage_locked(p, &result->usage);
	process_usage_add(&result->usage, &p->dead_children);
}

/* p is a zombie: takes it, and its times go to the parent. Returns true if it is to be released. */
static bool take_zombie(
	const struct wait_request *rq, struct process *p, struct wait_result *result)
{
	fill(p, WAIT_STATUS_SIGNAL(p->exit_status) ? CLD_KILLED : CLD_EXITED, p->exit_status,
		result);
	if (rq->options & WNOWAIT)
		return false;
	process_usage_add(&p->parent->dead_children, &result->usage);
	process_unlink_locked(p);
	return true;
}

/* Has p stopped or continued, and was nobody told? */
static bool take_change(
	const struct wait_request *rq, struct process *p, struct wait_result *result)
{
	bool keep = rq->options & WNOWAIT;

	if (p->stop.wait_stopped && (rq->options & WSTOPPED)) {
		fill(p, CLD_STOPPED, WAIT_STATUS_STOPPED(p->stop.signal), result);
		p->stop.wait_stopped = keep;
		return true;
	}
	if (p->stop.wait_continued && (rq->options & WCONTINUED)) {
		fill(p, CLD_CONTINUED, WAIT_STATUS_CONTINUED, result);
		p->stop.wait_continued = keep;
		return true;
	}
	return false;
}

/* The first zombie that the request is about. */
static struct process *find_zombie(const struct wait_request *rq, struct process *me)
{
	struct process *p;

	if (rq->which == P_PID) {
		p = pid_find_process(rq->id);
		return p && p->parent == me && p->state == PROCESS_ZOMBIE && is_eligible(rq, p)
			       ? p
			       : NULL;
	}
	list_for_each (p, &me->zombies, sibling)
		if (is_eligible(rq, p))
			return p;
	return NULL;
}

/* Looks at living children: zombies were found before, or are not asked for. 1: found one that
 * changed; 0: must wait; -ECHILD: there is none to wait for. */
static int look_at_living(
	const struct wait_request *rq, struct process *me, struct wait_result *result)
{
	bool any = false;
	struct process *p;

	if (rq->which == P_PID) {
		p = pid_find_process(rq->id);
		if (!p || p->parent != me || p->state != PROCESS_ALIVE || !is_eligible(rq, p))
			return -ECHILD;
		return take_change(rq, p, result);
	}
	list_for_each (p, &me->children, sibling) {
		if (!is_eligible(rq, p))
			continue;
		if (take_change(rq, p, result))
			return 1;
		any = true;
		if (!(rq->options & (WSTOPPED | WCONTINUED)))
			break;
	}
	return any ? 0 : -ECHILD;
}

/* 1: done; 0: must wait; -ECHILD. *dead: a process to release. */
static int look(const struct wait_request *rq, struct wait_result *result, struct process **dead)
{
	struct process *me = current_process(), *p;
	int found = 1;

	process_table_lock();
	p = rq->options & WEXITED ? find_zombie(rq, me) : NULL;
	if (!p)
		found = look_at_living(rq, me, result);
	else if (take_zombie(rq, p, result))
		*dead = p;
	process_table_unlock();
	return found;
}

static int wait_until_found(
	const struct wait_request *rq, struct wait_result *result, struct process **dead)
{
	struct waitq *q = &current_process()->child_wait;
	struct waiter w = { .thread = current_thread(), .link = LIST_INIT(w.link) };
	int found;

	for (;;) {
		waitq_prepare(q, &w, THREAD_INTERRUPTIBLE);
		found = look(rq, result, dead);
		if (!found && (rq->options & WNOHANG)) {
			result->pid = 0;
			found = 1;
		}
		if (!found && thread_signal_pending())
			found = -ERESTARTSYS;
		if (found)
			break;
		thread_sleep();
	}
	waitq_finish(q, &w);
	return found < 0 ? found : 0;
}

int wait_for_child(const struct wait_request *rq, struct wait_result *result)
{
	struct process *dead = NULL;
	int err;

	*result = (struct wait_result){ 0 };
	err = wait_until_found(rq, result, &dead);
	if (dead)
		process_put(dead);
	return err;
}

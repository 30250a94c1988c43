// SPDX-License-Identifier: MIT
/*
 * pgrp.c: process groups and sessions: moving between them, orphaned groups, and the questions that
 * terminals ask.
 *
 * Invariant (process_lock): all members of a group are in one session; a session leader leads a
 * group too.
 */
#include "proc/pgrp.h"

#include "drivers/tty.h"
#include "lib/err.h"

/* ---------------------------------------------------------------- moving */

static void move_to_group(struct process *p, struct pid *group)
{
	struct pid *old = p->group;

	if (old == group)
		return;
	list_remove(&p->group_link);
	p->group = group;
	list_append(&group->group, &p->group_link);
	pid_release(old);
}

/* The process that setpgid(2) is about: oneself, or a child that has not called exec yet. */
static int find_target(pid_t pid, struct process **out)
{
	struct process *me = current_process(), *p = pid ? pid_find_process(pid) : me;

	if (!p)
		return -ESRCH;
	if (p != me) {
		if (p->parent != me)
			return -ESRCH;
		if (p->session != me->session)
			return -EPERM;
		if (p->did_exec)
			return -EACCES;
	}
	if (p->session == p->pid_entry) /* a session leader */
		return -EPERM;
	*out = p;
	return 0;
}

static int set_locked(pid_t pid, pid_t pgid)
{
	struct process *p;
	struct pid *group;
	int err = find_target(pid, &p);

	if (err)
		return err;
	group = pgid && pgid != p->pid ? pid_find(pgid) : p->pid_entry;
	if (group != p->pid_entry) {
		if (!group || list_empty(&group->group))
			return -EPERM;
		if (list_first(&group->group, struct process, group_link)->session != p->session)
			return -EPERM;
	}
	move_to_group(p, group);
	return 0;
}

s64 pgrp_set(pid_t pid, pid_t pgid)
{
	int err;

	if (pgid < 0)
		return -EINVAL;
	process_table_lock();
	err = set_locked(pid, pgid);
	process_table_unlock();
	return err;
}

s64 pgrp_get(pid_t pid)
{
	struct process *p;
	s64 nr;

	process_table_lock();
	p = pid ? pid_find_process(pid) : current_process();
	nr = p ? p->group->nr : -ESRCH;
	process_table_unlock();
	return nr;
}

s64 pgrp_get_session(pid_t pid)
{
	struct process *p;
	s64 nr;

	process_table_lock();
	p = pid ? pid_find_process(pid) : current_process();
	nr = p ? p->session->nr : -ESRCH;
	process_table_unlock();
	return nr;
}

s64 pgrp_new_session(void)
{
	struct process *p = current_process();
	struct pid *pid = p->pid_entry, *old;
	s64 err = -EPERM;

	process_table_lock();
	/* Not if it leads a group, or a group with its number exists. */
	if (p->session != pid && list_empty(&pid->group)) {
		move_to_group(p, pid);
		old = p->session;
		list_remove(&p->session_link);
		p->session = pid;
		list_append(&pid->session, &p->session_link);
		pid_release(old);
		err = pid->nr;
	}
	process_table_unlock();
	return err;
}

/* ---------------------------------------------------------------- orphaned groups */

static bool is_orphaned_without(struct pid *group, const struct process *without)
{
	struct process *p;

	list_for_each (p, &group->group, group_link) {
		if (p == without || p->state != PROCESS_ALIVE || !p->parent ||
			p->parent == init_process)
			continue;
		if (p->parent->group != group && p->parent->session == p->session)
			return false;
	}
	return true;
}

bool pgrp_is_orphaned_locked(struct pid *group)
{
	return is_orphaned_without(group, NULL);
}

static bool has_stopped_member(struct pid *group)
{
	struct process *p;

	list_for_each (p, &group->group, group_link)
		if (p->stop.requested)
			return true;
	return false;
}

static void wake_if_orphaned(struct pid *group, const struct process *without)
{
	if (!is_orphaned_without(group, without) || !has_stopped_member(group))
		return;
	signal_send_group_locked(group, SIGHUP);
	signal_send_group_locked(group, SIGCONT);
}

void pgrp_parent_dies_locked(struct process *p)
{
	struct process *child;

	list_for_each (child, &p->children, sibling)
		if (child->group != p->group && child->session == p->session)
			wake_if_orphaned(child->group, child);
}

void pgrp_member_dies_locked(struct process *p)
{
	if (p->parent && p->parent->group != p->group && p->parent->session == p->session)
		wake_if_orphaned(p->group, p);
}

/* ---------------------------------------------------------------- for terminals */

static pid_t current_pgrp(void)
{
	struct process *p = current_process();

	return p ? p->group->nr : 0;
}

static pid_t current_session(void)
{
	struct process *p = current_process();

	return p ? p->session->nr : 0;
}

static bool current_is_session_leader(void)
{
	struct process *p = current_process();

	return p && p->session == p->pid_entry;
}

static bool current_is_admin(void)
{
	return current_can(CAP_SYS_ADMIN);
}

static bool current_ignores(int sig)
{
	return current_process() && signal_current_ignores(sig);
}

static bool current_pgrp_is_orphaned(void)
{
	bool orphaned;

	process_table_lock();
	orphaned = pgrp_is_orphaned_locked(current_process()->group);
	process_table_unlock();
	return orphaned;
}

static int check_session(pid_t pgrp, pid_t session)
{
	struct pid *pid;
	int err = 0;

	process_table_lock();
	pid = pid_find(pgrp);
	if (!pid || list_empty(&pid->group))
		err = -ESRCH;
	else if (list_first(&pid->group, struct process, group_link)->session->nr != session)
		err = -EPERM;
	process_table_unlock();
	return err;
}

/* The group with this number in this session, or NULL. */
static struct pid *find_group_locked(pid_t pgrp, pid_t session)
{
	struct pid *pid = pid_find(pgrp);

	if (!pid || list_empty(&pid->group))
		return NULL;
	return list_first(&pid->group, struct process, group_link)->session->nr == session ? pid
											   : NULL;
}

static void signal_pgrp(pid_t pgrp, pid_t session, int sig)
{
	struct pid *pid;

	process_table_lock();
	pid = find_group_locked(pgrp, session);
	if (pid)
		signal_send_group_locked(pid, sig);
	process_table_unlock();
}

static void signal_session_leader(pid_t session, int sig)
{
	struct process *p;

	process_table_lock();
	p = pid_find_process(session);
	if (p && p->session == p->pid_entry)
		signal_send_process_locked(p, sig, NULL);
	process_table_unlock();
}

static void leave_foreground(pid_t session, pid_t pgrp)
{
	struct process *p;

	process_table_lock();
	p = pid_find_process(session);
	if (p && p->session == p->pid_entry)
		p->left_foreground = pgrp;
	process_table_unlock();
}

void pgrp_session_leader_dies(struct process *p)
{
	struct pid *pid;

	tty_session_ends(p->pid);
	process_table_lock();
	pid = p->left_foreground ? find_group_locked(p->left_foreground, p->pid) : NULL;
	if (pid) {
		signal_send_group_locked(pid, SIGHUP);
		signal_send_group_locked(pid, SIGCONT);
	}
	process_table_unlock();
}

void pgrp_init(void)
{
	static const struct tty_proc_ops ops = {
		.current_pgrp = current_pgrp,
		.current_session = current_session,
		.current_is_session_leader = current_is_session_leader,
		.current_is_admin = current_is_admin,
		.current_ignores = current_ignores,
		.current_pgrp_is_orphaned = current_pgrp_is_orphaned,
		.pgrp_check_session = check_session,
		.signal_pgrp = signal_pgrp,
		.signal_session_leader = signal_session_leader,
		.leave_foreground = leave_foreground,
	};

	tty_set_proc_ops(&ops);
}

// SPDX-License-Identifier: MIT
/* System calls about the scheduler: yielding, affinity, nice values, policies (all are
 * the fair one's). */
#include <linux/resource.h>
#include <linux/sched.h>
#include "arch/cpu.h"
#include "arch/user.h"
#include "proc/process.h"
#include "sched/sched.h"
#include "syscall/syscall.h"

s64 sys_sched_yield(void)
{
	sched_yield();
	return 0;
}

/* A thread by number (0: the current one) with a reference, or NULL. */
static struct thread *find_thread(pid_t tid)
{
	struct thread *t;

	process_table_lock();
	t = pid_find_thread_or_current(tid);
	if (t)
		thread_get(t);
	process_table_unlock();
	return t;
}

/* Is the current user t's real or effective one, and has no fewer rights? => process_lock held */
static bool owns_locked(const struct thread *t)
{
	const struct cred *mine = current_cred(), *its = t->cred;

	if (cred_can(mine, CAP_SYS_NICE))
		return true;
	return (mine->euid == its->uid || mine->euid == its->euid) &&
	       !(its->permitted & ~mine->permitted);
}

static bool may_change(struct thread *t)
{
	bool may;

	process_table_lock();
	may = owns_locked(t);
	process_table_unlock();
	return may;
}

/* ---------------------------------------------------------------- affinity */

s64 sys_sched_setaffinity(pid_t tid, u32 len, vaddr_t from)
{
	cpumask_t mask = 0;
	struct thread *t;
	s64 err = 0;

	if (copy_from_user(&mask, from, min((size_t)len, sizeof(mask))) != 0)
		return -EFAULT;
	t = find_thread(tid);
	if (!t)
		return -ESRCH;
	mask &= cpus_online;
	if (!may_change(t))
		err = -EPERM;
	else if (!mask)
		err = -EINVAL;
	else
		sched_set_affinity(t, mask);
	thread_put(t);
	return err;
}

s64 sys_sched_getaffinity(pid_t tid, u32 len, vaddr_t to)
{
	struct thread *t;
	cpumask_t mask;

	if (len % sizeof(u64) || (u64)len * 8 < nr_cpus)
		return -EINVAL;
	t = find_thread(tid);
	if (!t)
		return -ESRCH;
	mask = t->affinity & cpus_online;
	thread_put(t);
	if (copy_to_user(to, &mask, sizeof(mask)) != 0)
		return -EFAULT;
	return sizeof(mask);
}

/* ---------------------------------------------------------------- nice values */

/* Calls fn for each thread that setpriority(2) means. False: `which` is no such thing. =>
 * process_lock held */
static bool for_each_meant(int which, u32 who, void (*fn)(struct thread *t, void *arg), void *arg)
{
	struct process *p;
	struct pid *group;
	struct thread *t;

	if (which == PRIO_PROCESS) {
		t = pid_find_thread_or_current((pid_t)who);
		if (t)
			fn(t, arg);
		return true;
	}
	if (which == PRIO_PGRP) {
		group = who ? pid_find((pid_t)who) : current_process()->group;
		if (group)
			list_for_each (p, &group->group, group_link)
				list_for_each (t, &p->threads, all_link)
					fn(t, arg);
		return true;
	}
	if (which != PRIO_USER)
		return false;
	if (!who)
		who = current_cred()->uid;
	for (p = pid_next_process(1); p; p = pid_next_process(p->pid + 1))
		list_for_each (t, &p->threads, all_link)
			if (t->cred->uid == who)
				fn(t, arg);
	return true;
}

static void note_priority(struct thread *t, void *arg)
{
	s64 *best = arg;

	*best = max(*best, 20 - (s64)t->nice);
}

s64 sys_getpriority(int which, u32 who)
{
	s64 best = -ESRCH;
	bool known;

	process_table_lock();
	known = for_each_meant(which, who, note_priority, &best);
	process_table_unlock();
	return known ? best : -EINVAL;
}

struct nice_change {
	int nice;
	s64 result;
};

/* Is this nice value one that t's own RLIMIT_NICE allows? => process_lock held */
static bool nice_is_allowed_locked(const struct thread *t, int nice)
{
	return 20 - nice <= (s64)min(process_limit(t->process, RLIMIT_NICE), 40UL);
}

static void change_nice(struct thread *t, void *arg)
{
	struct nice_change *c = arg;

	if (!owns_locked(t)) {
		c->result = -EPERM;
	} else if (c->nice < t->nice && !current_can(CAP_SYS_NICE) &&
		   !nice_is_allowed_locked(t, c->nice)) {
		c->result = -EACCES;
	} else {
		sched_set_nice(t, c->nice);
		if (c->result == -ESRCH)
			c->result = 0;
	}
}

s64 sys_setpriority(int which, u32 who, int nice)
{
	struct nice_change c = { .nice = clamp(nice, -20, 19), .result = -ESRCH };
	bool known;

	process_table_lock();
	known = for_each_meant(which, who, change_nice, &c);
	process_table_unlock();
	return known ? c.result : -EINVAL;
}

/* ---------------------------------------------------------------- policies */

static bool policy_exists(int policy)
{
	return (policy >= SCHED_NORMAL && policy <= SCHED_BATCH) || policy == SCHED_IDLE ||
	       policy == SCHED_DEADLINE;
}

static bool policy_is_realtime(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

s64 sys_sched_get_priority_max(int policy)
{
	return policy_is_realtime(policy) ? 99 : policy_exists(policy) ? 0 : -EINVAL;
}

s64 sys_sched_get_priority_min(int policy)
{
	return policy_is_realtime(policy) ? 1 : policy_exists(policy) ? 0 : -EINVAL;
}

/* ERR_PTR: -EINVAL, -ESRCH */
static struct thread *find_scheduled(pid_t tid)
{
	struct thread *t = tid < 0 ? NULL : find_thread(tid);

	return t ? t : ERR_PTR(tid < 0 ? -EINVAL : -ESRCH);
}

s64 sys_sched_getscheduler(pid_t tid)
{
	struct thread *t = find_scheduled(tid);
	s64 policy;

	if (IS_ERR(t))
		return PTR_ERR(t);
	policy = t->policy | (t->reset_on_fork ? SCHED_RESET_ON_FORK : 0);
	thread_put(t);
	return policy;
}

s64 sys_sched_getparam(pid_t tid, vaddr_t to)
{
	s64 policy = to ? sys_sched_getscheduler(tid) : -EINVAL;
	int priority = 0;

	return policy < 0 ? policy : copy_to_user(to, &priority, sizeof(priority));
}

/* Real-time policies are not permitted to anybody. 0, -EINVAL, -EPERM. */
static s64 check_policy(int policy, int priority)
{
	if (policy_is_realtime(policy))
		return priority < 1 || priority > 99 ? -EINVAL : -EPERM;
	return policy_exists(policy) && policy != SCHED_DEADLINE && !priority ? 0 : -EINVAL;
}

/* Without CAP_SYS_NICE: one does not leave SCHED_IDLE for more than RLIMIT_NICE allows, nor are
 * children to be more than was said. => process_lock held */
static bool may_leave_policy_locked(const struct thread *t, int policy, bool reset_on_fork)
{
	if (!owns_locked(t))
		return false;
	if (current_can(CAP_SYS_NICE))
		return true;
	if (t->policy == SCHED_IDLE && policy != SCHED_IDLE && !nice_is_allowed_locked(t, t->nice))
		return false;
	return reset_on_fork || !t->reset_on_fork;
}

#define SAME_POLICY (-1)

/* => process_lock held */
static s64 set_policy_locked(struct thread *t, int policy, int priority)
{
	bool reset_on_fork =
		policy == SAME_POLICY ? t->reset_on_fork : policy & SCHED_RESET_ON_FORK;
	s64 err;

	policy = policy == SAME_POLICY ? t->policy : policy & ~SCHED_RESET_ON_FORK;
	err = check_policy(policy, priority);
	if (!err && !may_leave_policy_locked(t, policy, reset_on_fork))
		err = -EPERM;
	if (!err)
		sched_set_policy(t, policy, reset_on_fork);
	return err;
}

static s64 set_policy_of(pid_t tid, int policy, vaddr_t from)
{
	struct thread *t;
	int priority;
	s64 err;

	if (!from || tid < 0)
		return -EINVAL;
	if (copy_from_user(&priority, from, sizeof(priority)) != 0)
		return -EFAULT;
	process_table_lock();
	t = pid_find_thread_or_current(tid);
	err = t ? set_policy_locked(t, policy, priority) : -ESRCH;
	process_table_unlock();
	return err;
}

s64 sys_sched_setscheduler(pid_t tid, int policy, vaddr_t from)
{
	return policy < 0 ? -EINVAL : set_policy_of(tid, policy, from);
}

s64 sys_sched_setparam(pid_t tid, vaddr_t from)
{
	return set_policy_of(tid, SAME_POLICY, from);
}

s64 sys_sched_rr_get_interval(pid_t tid, vaddr_t to)
{
	struct {
		s64 sec, nsec;
	} slice = { 0, 4 * (s64)NSEC_PER_MSEC };
	s64 policy = sys_sched_getscheduler(tid);

	return policy < 0 ? policy : copy_to_user(to, &slice, sizeof(slice));
}

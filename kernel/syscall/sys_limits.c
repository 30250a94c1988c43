// SPDX-License-Identifier: MIT
/* System calls about what a process may use and has used: limits, CPU time, faults. */
#include <linux/times.h>
#include "arch/user.h"
#include "proc/rlimit.h"
#include "proc/usage.h"
#include "syscall/syscall.h"

#define USER_HZ 100

s64 sys_getrlimit(u32 resource, vaddr_t to)
{
	struct rlimit64 old;
	int err = rlimit_change(current_process(), resource, NULL, &old);

	return err ? err : copy_to_user(to, &old, sizeof(old));
}

s64 sys_setrlimit(u32 resource, vaddr_t from)
{
	struct rlimit64 new;

	if (copy_from_user(&new, from, sizeof(new)) != 0)
		return -EFAULT;
	return rlimit_change(current_process(), resource, &new, NULL);
}

/* prlimit(2): all real, effective and saved ids of the target are ours, or we have the right. =>
 * process_lock held */
static bool may_change_limits_locked(const struct thread *t)
{
	const struct cred *mine = current_cred(), *its = t->cred;

	if (t == current_thread() || cred_can(mine, CAP_SYS_RESOURCE))
		return true;
	return mine->uid == its->uid && mine->uid == its->euid && mine->uid == its->suid &&
	       mine->gid == its->gid && mine->gid == its->egid && mine->gid == its->sgid;
}

/* The process that has this number, or a thread of it has (0: the current one), with a reference.
 * ERR_PTR: -ESRCH, -EPERM. */
static struct process *get_process_to_limit(pid_t nr)
{
	struct process *p;
	struct thread *t;

	process_table_lock();
	p = nr ? pid_find_process(nr) : current_process();
	t = !nr ? current_thread() : p ? p->leader : pid_find_thread(nr);
	if (!p && t)
		p = t->process;
	if (!p)
		p = ERR_PTR(-ESRCH);
	else if (!may_change_limits_locked(t))
		p = ERR_PTR(-EPERM);
	else
		process_get(p);
	process_table_unlock();
	return p;
}

s64 sys_prlimit64(pid_t pid, u32 resource, vaddr_t from, vaddr_t to)
{
	struct rlimit64 new, old;
	struct process *p;
	int err;

	if (from && copy_from_user(&new, from, sizeof(new)) != 0)
		return -EFAULT;
	p = get_process_to_limit(pid);
	if (IS_ERR(p))
		return PTR_ERR(p);
	err = rlimit_change(p, resource, from ? &new : NULL, &old);
	process_put(p);
	if (!err && to)
		err = copy_to_user(to, &old, sizeof(old));
	return err;
}

static void get_usage(int who, struct process_usage *u)
{
	struct process *p = current_process();

	process_table_lock();
	if (who == RUSAGE_SELF)
		process_usage_locked(p, u);
	else if (who == RUSAGE_CHILDREN)
		*u = p->dead_children;
	else
		process_thread_usage(current_thread(), u);
	process_table_unlock();
	if (who == RUSAGE_THREAD)
		u->max_rss = mm_peak_rss(current_mm());
}

s64 sys_getrusage(int who, vaddr_t to)
{
	struct process_usage u;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
		return -EINVAL;
	get_usage(who, &u);
	return usage_copy_out(to, &u);
}

static __kernel_clock_t ticks(nsec_t ns)
{
	return (__kernel_clock_t)(ns / (NSEC_PER_SEC / USER_HZ));
}

s64 sys_times(vaddr_t to)
{
	struct process_usage self, children;
	struct tms tms;

	get_usage(RUSAGE_SELF, &self);
	get_usage(RUSAGE_CHILDREN, &children);
	tms = (struct tms){
		.tms_utime = ticks(self.utime),
		.tms_stime = ticks(self.stime),
		.tms_cutime = ticks(children.utime),
		.tms_cstime = ticks(children.stime),
	};
	if (to && copy_to_user(to, &tms, sizeof(tms)) != 0)
		return -EFAULT;
	return ticks(clock_now());
}

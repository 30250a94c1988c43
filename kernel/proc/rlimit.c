// SPDX-License-Identifier: MIT
/*
 * rlimit.c: resource limits. The first process has those that Linux gives to its init.
 *
 * Lock: process_lock to change them; single values are read without.
 */
#include "proc/rlimit.h"

#include "lib/err.h"
#include "mm/page.h"

#define INFINITE   ((u64)RLIM64_INFINITY)
#define NOFILE_MAX 1048576 /* /proc/sys/fs/nr_open */

static void init_first(struct process *p)
{
	struct page_stats st;
	u64 nr;

	for (u32 i = 0; i < RLIM_NLIMITS; i++)
		p->limits[i] = (struct rlimit64){ INFINITE, INFINITE };
	page_get_stats(&st);
	nr = clamp(st.total / 32, 64UL,
		(u64)PID_MAX / 2); /* threads that fill an eighth of memory with their stacks */
	p->limits[RLIMIT_STACK].rlim_cur = _STK_LIM;
	p->limits[RLIMIT_CORE].rlim_cur = 0;
	p->limits[RLIMIT_NPROC] = (struct rlimit64){ nr, nr };
	p->limits[RLIMIT_NOFILE] = (struct rlimit64){ 1024, 4096 };
	p->limits[RLIMIT_MEMLOCK] = (struct rlimit64){ MLOCK_LIMIT, MLOCK_LIMIT };
	p->limits[RLIMIT_SIGPENDING] = (struct rlimit64){ nr, nr };
	p->limits[RLIMIT_MSGQUEUE] = (struct rlimit64){ 819200, 819200 };
	p->limits[RLIMIT_NICE] = (struct rlimit64){ 0, 0 };
	p->limits[RLIMIT_RTPRIO] = (struct rlimit64){ 0, 0 };
}

void rlimit_init(struct process *p, const struct process *parent)
{
	if (!parent) {
		init_first(p);
		return;
	}
	process_table_lock();
	for (u32 i = 0; i < RLIM_NLIMITS; i++)
		p->limits[i] = parent->limits[i];
	process_table_unlock();
}

bool rlimit_has_room(uid_t uid, u64 nr_more)
{
	u64 limit = process_limit(current_process(), RLIMIT_NPROC), nr = nr_more;
	struct process *p;
	struct thread *t;

	if (process_thread_count() + nr_more <= limit)
		return true;
	process_table_lock();
	for (p = pid_next_process(1); p; p = pid_next_process(p->pid + 1))
		list_for_each (t, &p->threads, all_link)
			nr += t->cred->uid == uid;
	process_table_unlock();
	return nr <= limit;
}

void rlimit_watch_cpu(struct process *p)
{
	process_table_lock();
	itimer_update_cpu_limit_locked(p);
	process_table_unlock();
}

int rlimit_change(struct process *p, u32 resource, const struct rlimit64 *new, struct rlimit64 *old)
{
	struct rlimit64 *limit;
	int err = 0;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (new &&new->rlim_cur > new->rlim_max)
		return -EINVAL;
	if (new &&resource == RLIMIT_NOFILE &&new->rlim_max > NOFILE_MAX)
		return -EPERM;
	process_table_lock();
	limit = &p->limits[resource];
	if (old)
		*old = *limit;
	if (new &&new->rlim_max > limit->rlim_max && !current_can(CAP_SYS_RESOURCE)) {
		err = -EPERM;
	} else if (new) {
		*limit = *new;
		itimer_update_cpu_limit_locked(p);
	}
	process_table_unlock();
	return err;
}

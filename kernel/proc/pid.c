// SPDX-License-Identifier: MIT
/*
 * pid.c: the table of process numbers, a radix tree number -> struct pid. Look-up, allocation and
 * the walk in order of numbers cost by the tree's depth (3 levels for 32768 numbers).
 *
 * Lock: process_lock, the caller's. Memory is taken under it, so without sleeping.
 */
#include "proc/pid.h"

#include "debug/assert.h"
#include "lib/radix.h"
#include "mm/slab.h"
#include "proc/process.h"

/* After the numbers wrapped around, low ones stay free for the early daemons, as on Linux. */
#define PID_FIRST_AGAIN 300

static struct radix_tree pids;
static pid_t last_pid;

/* The first free number in [from, to), or 0. */
static pid_t find_free(pid_t from, pid_t to)
{
	u64 nr = radix_next_hole(&pids, from, to - from);

	return nr < (u64)to ? (pid_t)nr : 0;
}

struct pid *pid_alloc_at(pid_t nr)
{
	struct pid *pid;

	assert_process_locked();
	pid = kmalloc_how(sizeof(*pid), PAGE_ZEROED | PAGE_NOWAIT);
	if (!pid)
		return NULL;
	pid->nr = nr;
	list_init(&pid->group);
	list_init(&pid->session);
	if (radix_insert(&pids, nr, pid) != 0) {
		kfree(pid);
		return NULL;
	}
	return pid;
}

struct pid *pid_alloc(void)
{
	struct pid *pid;
	pid_t nr;

	assert_process_locked();
	nr = find_free(last_pid + 1, PID_MAX);
	if (!nr)
		nr = find_free(PID_FIRST_AGAIN, PID_MAX);
	pid = nr ? pid_alloc_at(nr) : NULL;
	if (pid)
		last_pid = nr;
	return pid;
}

void pid_release(struct pid *pid)
{
	assert_process_locked();
	if (pid->thread || pid->process || !list_empty(&pid->group) || !list_empty(&pid->session))
		return;
	radix_remove(&pids, pid->nr);
	kfree(pid);
}

struct pid *pid_find(pid_t nr)
{
	assert_process_locked();
	return nr > 0 ? radix_get(&pids, nr) : NULL;
}

struct process *pid_find_process(pid_t nr)
{
	struct pid *pid = pid_find(nr);

	return pid ? pid->process : NULL;
}

struct thread *pid_find_thread(pid_t nr)
{
	struct pid *pid = pid_find(nr);

	return pid ? pid->thread : NULL;
}

struct thread *pid_find_thread_or_current(pid_t nr)
{
	return nr ? pid_find_thread(nr) : current_thread();
}

struct process *pid_next_process(pid_t nr)
{
	struct pid *pid;
	u64 i;

	assert_process_locked();
	for (i = max(nr, 1); (pid = radix_next(&pids, &i)) != NULL; i++)
		if (pid->process)
			return pid->process;
	return NULL;
}

pid_t pid_last(void)
{
	return atomic_load_relaxed(&last_pid);
}

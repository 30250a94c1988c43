/* SPDX-License-Identifier: MIT */
/* Resource limits: getrlimit(2). They are kept in struct process; lower layers obey those of the
 * current thread's (current_limit()), whatever they work on: as on Linux. */
#pragma once

#include "proc/process.h"

/* A new process's limits: its parent's, or the first process's (NULL). */
void rlimit_init(struct process *p, const struct process *parent);
/* Would the user, with so many threads more than he has, keep to the current process's RLIMIT_NPROC?
 * Costs by the number of all threads, but only if so many would not keep to it. */
bool rlimit_has_room(uid_t uid, u64 nr_more);
/* RLIMIT_CPU of a new process begins to be watched. Takes process_lock. */
void rlimit_watch_cpu(struct process *p);
/* prlimit64(2): new and old may be NULL. 0, -EINVAL, -EPERM. */
int rlimit_change(
	struct process *p, u32 resource, const struct rlimit64 *new, struct rlimit64 *old);

/* SPDX-License-Identifier: MIT */
/* Resource limits: getrlimit(2). They are kept in struct process. Lower layers obey them as those
 * of the current thread (current_limit()); an address space has copies. */
#pragma once

#include "proc/process.h"

/* A new process's limits: its parent's, or the first process's (NULL). */
void rlimit_init(struct process *p, const struct process *parent);
/* Copies them to p's address space, which may be new (exec, fork). Takes process_lock. */
void rlimit_apply(struct process *p);
/* The ones that an address space obeys, before a process runs in it (exec). */
void rlimit_apply_to_mm(const struct process *p, struct mm *mm);
/* prlimit64(2): new and old may be NULL. 0, -EINVAL, -EPERM. */
int rlimit_change(
	struct process *p, u32 resource, const struct rlimit64 *new, struct rlimit64 *old);

/* SPDX-License-Identifier: MIT */
/* New processes and threads: fork(2), vfork(2), clone(2), clone3(2). */
#pragma once

#include <linux/sched.h>
#include "arch/trap.h"
#include "proc/process.h"

struct clone_request {
	u64 flags; /* CLONE_* without the signal */
	u32 exit_signal;
	vaddr_t stack; /* 0: the parent's */
	vaddr_t parent_tid, child_tid;
	vaddr_t pidfd; /* where CLONE_PIDFD's number goes */
	vaddr_t tls;
	u32 nr_set_tids; /* numbers that the child is to have: in each PID namespace one */
	pid_t set_tid;   /* the innermost */
};

/* Flags of clone(2) and unshare(2) that ask for what there is not. */
#define CLONE_NAMESPACES                                                                           \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID |              \
		CLONE_NEWNET | CLONE_NEWTIME)

/* May the caller have a new namespace? 0: none is asked for. -EPERM, or -EINVAL as on a Linux built
 * without them. */
int fork_check_namespaces(u64 flags);
/* The new process's or thread's number, or -EINVAL (flags, set_tid), -EAGAIN (limits), -EEXIST
 * (set_tid), -EPERM (set_tid, tls, namespaces), -EBADF (CLONE_INTO_CGROUP), -EFAULT (pidfd),
 * -ENOMEM. With CLONE_VFORK it returns when the child has called exec or is dead. May sleep. */
s64 fork_clone(const struct trapframe *regs, const struct clone_request *rq);

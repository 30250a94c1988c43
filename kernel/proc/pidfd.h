/* SPDX-License-Identifier: MIT */
/* Descriptors of processes: pidfd_open(2), pidfd_send_signal(2), waitid(P_PIDFD). */
#pragma once

#include "fs/vfs.h"
#include "proc/process.h"

/* A file that names the process with this number; flags: O_NONBLOCK. ERR_PTR: -ESRCH; -EINVAL: it
 * is a thread's number; -ENOMEM. */
struct file *pidfd_open(pid_t pid, u32 flags);
/* The same for a process; takes a reference of its own. ERR_PTR: -ENOMEM. */
struct file *pidfd_for(struct process *p, u32 flags);
/* The process that f names, with f's reference; NULL: it is no pidfd. */
struct process *pidfd_process(const struct file *f);
/* 0, -ESRCH (it was waited for), -EPERM, -EAGAIN. */
int pidfd_signal(struct process *p, int sig, const siginfo_t *info);

void pidfd_init(void);

/* SPDX-License-Identifier: MIT */
/*
 * Process numbers. One number may name a thread, a process, a process group and a session at once,
 * and it is not given out again until none of them is left: so a group keeps its number after its
 * leader died.
 *
 * => everything here: process_lock held (process.h)
 */
#pragma once

#include "lib/list.h"
#include "lib/types.h"

#define PID_MAX 32768 /* numbers are below it: /proc/sys/kernel/pid_max */

struct process;
struct thread;

struct pid {
	pid_t nr;
	struct thread *thread;   /* the living thread with this number */
	struct process *process; /* the process, alive or zombie */
	struct list group;       /* processes of this process group, by process->group_link */
	struct list session;     /* processes of this session, by process->session_link */
};

/* A free number, larger than the last one given out if possible. NULL: no number or no memory is
 * left. Does not sleep. */
struct pid *pid_alloc(void);
/* The number nr, in [1, PID_MAX), which is free. NULL: no memory. Does not sleep. */
struct pid *pid_alloc_at(pid_t nr);
/* Gives the number back if it names nothing any more. */
void pid_release(struct pid *pid);

/* NULL: there is none. Cost does not depend on how many there are. */
struct pid *pid_find(pid_t nr);
struct process *pid_find_process(pid_t nr);
struct thread *pid_find_thread(pid_t nr);
/* As system calls name a thread: 0 is the current one. */
struct thread *pid_find_thread_or_current(pid_t nr);
/* The process with the smallest number >= nr, zombies too; NULL: none. To walk over all: nr =
 * p->pid + 1. */
struct process *pid_next_process(pid_t nr);

/* The number given out last (/proc/loadavg). */
pid_t pid_last(void);

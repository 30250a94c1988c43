/* SPDX-License-Identifier: MIT */
/*
 * setitimer(2), alarm(2), RLIMIT_CPU: the timers that every process has. The real timer runs on
 * sched/timer.h. Those that count CPU time (virtual, prof, the CPU limit) share one: it is set to
 * the earliest time at which one could be due, and looks again.
 *
 *	timer interrupt --itimer_fire--> flag + work --worker thread--> process_lock, signal, next expiry
 *
 * Letters: [l] process_lock  [a] atomic
 */
#pragma once

#include <linux/time.h>
#include "lib/list.h"
#include "sched/timer.h"
#include "sched/workq.h"

struct process;

struct itimers {
	struct timer real;
	nsec_t real_expires;  /* [l] ns since boot; 0: off */
	nsec_t real_interval; /* [l] */
	struct timer cpu;
	nsec_t cpu_expires[2];  /* [l] virtual, prof: CPU time of the process; 0: off */
	nsec_t cpu_interval[2]; /* [l] */
	/* [l] RLIMIT_CPU: at this CPU time the next SIGXCPU is due; 0: no limit */
	nsec_t cpu_limit_next;
	struct work work;
	bool work_pending; /* [a] the work is on its way and holds a reference to the process */
};

void itimer_init(struct process *p);
/* Exit: stops all. => process_lock held */
void itimer_stop_locked(struct process *p);
/* which: ITIMER_*. Values in ns: until expiry (0: off) and interval. */
void itimer_get(struct process *p, int which, nsec_t *value, nsec_t *interval);
void itimer_set(struct process *p, int which, nsec_t value, nsec_t interval);
/* RLIMIT_CPU changed, or is inherited. => process_lock held */
void itimer_update_cpu_limit_locked(struct process *p);
/* Something of this process is due: the work looks at all of it. Any context, also while the
 * process is dying. */
void itimer_fire(struct process *p);

/* SPDX-License-Identifier: MIT */
/* POSIX timers: timer_create(2). They send a signal (or nothing); clocks: real time, monotonic,
 * boot time. */
#pragma once

#include <asm/siginfo.h>
#include "proc/process.h"

#define POSIX_TIMERS_MAX 256 /* of one process */

/* Of the current process. 0 or -errno; times in ns. */
s64 posix_timer_create(int clock, const struct sigevent *event, u32 *id);
s64 posix_timer_set(u32 id, bool absolute, nsec_t value, nsec_t interval, nsec_t *old_value,
	nsec_t *old_interval);
s64 posix_timer_get(u32 id, nsec_t *value, nsec_t *interval);
s64 posix_timer_overrun(u32 id);
s64 posix_timer_delete(u32 id);
/* exec, exit: all go. Takes process_lock. */
void posix_timer_delete_all(struct process *p);
/* Called by the timers' work: sends what is due. => process_lock held */
void posix_timer_check_locked(struct process *p);

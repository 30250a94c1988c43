/* SPDX-License-Identifier: MIT */
/* Out of memory: who has to die. */
#pragma once

#include "proc/process.h"

/* What /proc/PID/oom_score shows, 0..2000 (proc(5)): the share of memory that the process uses, and
 * its adjustment; 0: it is never killed, 667: it uses nothing. => process_lock held */
u64 oom_score_locked(struct process *p);
void oom_init(void); /* registers with reclaim */

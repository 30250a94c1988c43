/* SPDX-License-Identifier: MIT */
/* Process groups and sessions (credentials(7)), and what terminals need to know of them. */
#pragma once

#include "proc/process.h"

/* setpgid(2), getpgid(2), setsid(2), getsid(2) of the current process: the result or -errno. */
s64 pgrp_set(pid_t pid, pid_t pgid);
s64 pgrp_get(pid_t pid);
s64 pgrp_new_session(void);
s64 pgrp_get_session(pid_t pid);

/* No member has a parent outside the group but inside the session, who could continue it (POSIX
 * 3.264). => process_lock held */
bool pgrp_is_orphaned_locked(struct pid *group);
/* p dies: groups that its death orphans, if they have stopped members, get SIGHUP and SIGCONT. =>
 * process_lock held */
void pgrp_parent_dies_locked(struct process *p);
/* p's own group, if p was the last to keep it from being orphaned. => process_lock held */
void pgrp_member_dies_locked(struct process *p);

/* Its terminal hears of it, and the foreground group too if the terminal has hung up already. May
 * sleep. */
void pgrp_session_leader_dies(struct process *p);

void pgrp_init(void); /* registers with the terminals */

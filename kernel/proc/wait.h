/* SPDX-License-Identifier: MIT */
/* Waiting for children: wait4(2), waitid(2). */
#pragma once

#include <linux/wait.h>
#include "proc/process.h"

struct wait_request {
	int which; /* P_ALL, P_PID, P_PGID */
	pid_t id;
	struct process
		*only; /* P_PID of a pidfd: this one, and no other with its number. Else NULL */
	u32 options;   /* WEXITED, WSTOPPED, WCONTINUED, WNOHANG, WNOWAIT, __WALL... */
};

struct wait_result {
	pid_t pid; /* 0: WNOHANG, and there was nothing */
	uid_t uid;
	int code;   /* CLD_* */
	u32 status; /* as wait4(2) gives it */
	struct process_usage usage;
};

/* 0, -ECHILD, -ERESTARTSYS, -EINVAL. May sleep. */
int wait_for_child(const struct wait_request *rq, struct wait_result *result);

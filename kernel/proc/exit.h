/* SPDX-License-Identifier: MIT */
/* The end of threads and processes: _exit(2), exit_group(2), death by a signal. */
#pragma once

#include "proc/process.h"

/* Wait statuses, as wait(2) tells them. */
#define WAIT_STATUS_EXITED(code)   (((u32)(code)&0xff) << 8)
#define WAIT_STATUS_STOPPED(sig)   ((u32)(sig) << 8 | 0x7f)
#define WAIT_STATUS_CONTINUED      0xffffu
#define WAIT_STATUS_SIGNAL(status) ((status)&0x7f) /* 0: it exited */

/* _exit(2) of one thread. The last one ends the process: its status is that of exit_group or a
 * signal, else the leader's code. */
void exit_thread_code(int code) __noreturn;
/* The same when the process's status is already decided. */
void exit_thread(void) __noreturn;
/* exit_group(2): all threads. */
void exit_group(int code) __noreturn;

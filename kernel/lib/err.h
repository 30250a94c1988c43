/* SPDX-License-Identifier: MIT */
/* Errors in pointers: the last page of the address space is never mapped, so -errno fits there. */
#pragma once

#include <linux/errno.h>
#include "lib/types.h"

/* Kernel-internal: a signal interrupted the call. Never seen by user programs: proc/signal.c turns
 * them into EINTR or a restart (signal(7), "Interruption of system calls"). Linux's own numbers. */
#define ERESTARTSYS           512 /* restart if SA_RESTART, else EINTR */
#define ERESTARTNOINTR        513 /* always restart */
#define ERESTARTNOHAND        514 /* restart if no handler ran, else EINTR */
#define ERESTART_RESTARTBLOCK 516 /* restart by restart_syscall (nanosleep, poll), else EINTR */

#define MAX_ERRNO 4095

static inline void *ERR_PTR(s64 error)
{
	return (void *)error;
}

static inline s64 PTR_ERR(const void *ptr)
{
	return (s64)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return unlikely((u64)ptr >= (u64)-MAX_ERRNO);
}

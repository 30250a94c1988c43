/* SPDX-License-Identifier: MIT */
/* struct process_usage as programs see it: getrusage(2). */
#pragma once

#include "proc/process.h"

/* Writes a struct rusage. 0 or -EFAULT. */
int usage_copy_out(vaddr_t to, const struct process_usage *u);

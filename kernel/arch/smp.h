/* SPDX-License-Identifier: MIT */
/* Other processors: starting them and interrupting them. */
#pragma once

#include "lib/bitmap.h"
#include "lib/types.h"

/* Starts up to `max` CPUs in all; each one, when its own set-up is done, calls smp_cpu_main()
 * (main.c). Returns when all that answered are online. */
void smp_start(u32 max);
void smp_cpu_main(void) __noreturn; /* provided by main.c */

/* Interrupts `cpu` so that it looks at its need-reschedule flag. Any context. */
void smp_reschedule(u32 cpu);

/* Runs fn(arg) on every CPU of the mask but this one, in interrupt context, and waits for all.
 * => interrupts enabled, no irqsave lock held */
void smp_call(cpumask_t mask, void (*fn)(void *), void *arg);

/* Panic: stops all others, by NMI. Does not wait. */
void smp_stop_others(void);

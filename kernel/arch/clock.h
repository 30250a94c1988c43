/* SPDX-License-Identifier: MIT */
/* Time: the calibrated TSC as a clock, the local APIC's one-shot timer as an alarm. */
#pragma once

#include "lib/types.h"

#define NSEC_PER_SEC  1000000000UL
#define NSEC_PER_MSEC 1000000UL
#define NSEC_PER_USEC 1000UL

/* Nanoseconds since boot: monotonic, the same on all CPUs. A few instructions. */
nsec_t clock_now(void);
u64 clock_tsc_hz(void);

/* This CPU's timer interrupt is to come at `deadline` (ns since boot; in the past: at once; ~0UL:
 * never). => interrupts disabled */
void clock_arm(nsec_t deadline);
/* Sets what the timer interrupt calls (interrupt context, every CPU). */
void clock_set_handler(void (*handler)(void));

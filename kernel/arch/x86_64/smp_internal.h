/* SPDX-License-Identifier: MIT */
/* Between the files of arch/x86_64: interrupts that irq.c dispatches, and who is who among the
 * CPUs. */
#pragma once

#include "lib/types.h"

/* clock.c: the timer of this CPU has run out. */
void clock_interrupt(void);
/* smp.c: another CPU wants something done. */
void smp_call_interrupt(void);
u32 smp_apic_id(u32 cpu);

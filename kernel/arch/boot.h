/* SPDX-License-Identifier: MIT */
/* The machine's lines in the boot table (main.c), in the order in which they are called. Each runs
 * once, on the boot CPU. */
#pragma once

#include "lib/types.h"

/* Fills `bootinfo` from what the loader left at `info`; protocol: who that was (boot/layout.inc).
 * Before the table. */
void bootinfo_init(u32 protocol, paddr_t info);

/* Keeps what the other CPUs' per-CPU variables begin as: before anything writes one. */
void percpu_init(void);
/* trap_init(): arch/trap.h; from here on a fault is reported instead of resetting the machine. */
/* What the processor can do, and its control registers. */
void cpu_init(void);
/* mmu_init_kernel(): arch/mmu.h */
/* After slab_init(): FPU areas of threads. */
void fpu_init(void);
void acpi_init(void);
/* Local APIC of the boot CPU; the old interrupt controllers off. */
void apic_init(void);
/* I/O APICs. */
void irq_init(void);
/* Measures TSC and timer (about 3 ms): clock_now() begins to count. */
void clock_init(void);
/* smp_start(): arch/smp.h */

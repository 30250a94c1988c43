/* SPDX-License-Identifier: MIT */
/* The processor: which one this is, its interrupt flag, waiting, its counters. */
#pragma once

#include "arch/percpu.h"
#include "lib/bitmap.h"
#include "lib/types.h"

DECLARE_PER_CPU(u32, cpu_number);

/* 0 .. NR_CPUS-1; stable until the thread sleeps or user mode is entered. */
static inline u32 cpu_id(void)
{
	return this_cpu_read4(cpu_number);
}

extern u32 nr_cpus;           /* CPUs that run, fixed after smp_start() */
extern cpumask_t cpus_online; /* the same as a mask */

typedef u64 irqflags_t;

static inline void irq_enable(void)
{
	__asm__ volatile("sti" ::: "memory");
}

static inline void irq_disable(void)
{
	__asm__ volatile("cli" ::: "memory");
}

static inline irqflags_t irq_save(void)
{
	irqflags_t f;

	__asm__ volatile("pushfq; popq %0; cli" : "=r"(f)::"memory");
	return f;
}

static inline bool irqs_enabled_in(irqflags_t f)
{
	return f & (1 << 9);
}

static inline void irq_restore(irqflags_t f)
{
	if (irqs_enabled_in(f))
		irq_enable();
}

static inline bool irqs_enabled(void)
{
	irqflags_t f;

	__asm__ volatile("pushfq; popq %0" : "=r"(f)::"memory");
	return irqs_enabled_in(f);
}

static inline void cpu_relax(void)
{
	__asm__ volatile("pause" ::: "memory");
}

/* Enables interrupts and halts until one comes, without a gap between. Returns with interrupts
 * on. */
static inline void cpu_idle_wait(void)
{
	__asm__ volatile("sti; hlt" ::: "memory");
}

static inline u64 cpu_cycles(void) /* TSC */
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

/* True in an interrupt handler (not in exceptions and system calls). */
bool in_interrupt(void);

/* Fills buf with n bytes from RDRAND if the CPU has it; false if not. */
bool cpu_random(void *buf, size_t n);

/* Text of this CPU for /proc/cpuinfo ("vendor_id", "model name", "flags", "cpu MHz" lines as Linux
 * has them); returns its length. */
size_t cpu_describe(u32 cpu, char *buf, size_t size);

/* AT_HWCAP and AT_HWCAP2 of the auxiliary vector, as Linux has them (CPUID 1 edx; bit 1: FSGSBASE
 * works). */
u64 cpu_hwcap(void);
u64 cpu_hwcap2(void);

/* Powers off by ACPI S5, restarts by the keyboard controller/ACPI/triple fault, halts for ever. */
void machine_power_off(void) __noreturn;
void machine_restart(void) __noreturn;
void machine_halt(void) __noreturn;

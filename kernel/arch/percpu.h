/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU variables: members of the section .percpu, of which every CPU has a copy. GS holds the
 * distance from the linked address to this CPU's copy, so `%gs:var` is this CPU's var in one
 * instruction. CPU 0's copy is the linked one itself.
 */
#pragma once

#include "lib/types.h"

#define DEFINE_PER_CPU(type, name)  __section(".percpu") __typeof__(type) name
#define DECLARE_PER_CPU(type, name) extern __section(".percpu") __typeof__(type) name

DECLARE_PER_CPU(u64, percpu_delta); /* this CPU's distance */
extern u64 percpu_deltas[NR_CPUS];

/* A pointer to this CPU's copy: stable until the thread sleeps. */
#define this_cpu_ptr(p)                                                                            \
	({                                                                                         \
		u64 delta_;                                                                        \
		__asm__("movq %%gs:%1, %0" : "=r"(delta_) : "m"(percpu_delta));                    \
		(__typeof__(p))((u64)(p) + delta_);                                                \
	})
/* A pointer to another CPU's copy. */
#define per_cpu_ptr(p, cpu) ((__typeof__(p))((u64)(p) + percpu_deltas[cpu]))

/* 8-byte (pointers, u64) and 4-byte variables, in one instruction each. volatile: a thread may have
 * moved. */
#define this_cpu_read8(var)                                                                        \
	({                                                                                         \
		u64 v_;                                                                            \
		__asm__ volatile("movq %%gs:%1, %0" : "=r"(v_) : "m"(var));                        \
		(__typeof__(var))v_;                                                               \
	})
#define this_cpu_read4(var)                                                                        \
	({                                                                                         \
		u32 v_;                                                                            \
		__asm__ volatile("movl %%gs:%1, %0" : "=r"(v_) : "m"(var));                        \
		(__typeof__(var))v_;                                                               \
	})
#define this_cpu_write8(var, x) __asm__ volatile("movq %1, %%gs:%0" : "+m"(var) : "r"((u64)(x)))
/* Counters that interrupt handlers may bump as well: one instruction. */
#define this_cpu_add8(var, x) __asm__ volatile("addq %1, %%gs:%0" : "+m"(var) : "er"((u64)(x)))

/* Bytes of one CPU's copy. */
u64 percpu_size(void);

/* SPDX-License-Identifier: MIT */
/* The local APIC of each CPU: interrupts between CPUs, its timer, end of interrupt. SDM vol. 3,
 * chapter 11. Only for arch/x86_64. */
#pragma once

#include "lib/types.h"

/* Another CPU's. */
void apic_init_cpu(void);
u32 apic_id(void);
void apic_eoi(void);

/* Sends an interrupt to one CPU by its APIC id. Any context. */
void apic_send(u32 target, u8 vector);
void apic_send_init(u32 target);
void apic_send_startup(u32 target, u8 page);
/* NMI to all others. */
void apic_send_nmi_others(void);

/* The timer, which counts down once at bus speed / 16 and raises VECTOR_TIMER. 0 stops it. */
void apic_timer_set(u32 count);
u32 apic_timer_get(void);

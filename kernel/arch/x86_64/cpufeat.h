/* SPDX-License-Identifier: MIT */
/*
 * What the processors can do, found on the boot CPU; the others are taken to be the same. Only for
 * arch/x86_64; what the rest of the kernel asks is in arch/cpu.h.
 */
#pragma once

#include "lib/types.h"

struct cpu_features {
	bool pages_1g, smep, smap, umip, fsgsbase, pcid, xsave, x2apic, tsc_invariant, rdrand;
	u64 xsave_mask; /* the state components that are switched (XCR0) */
	u32 xsave_size; /* of the area that holds them, bytes; 512 without XSAVE */
	u32 max_leaf;
};
extern struct cpu_features cpu_features;

/* Sets the control registers of this CPU: write protection, NX, SMEP, SMAP, UMIP, FPU state. */
void cpu_enable_features(void);
/* Keeps what CPUID says of this CPU, for cpu_describe(). */
void cpu_record(void);

/* SPDX-License-Identifier: MIT */
/*
 * The two pages of the kernel that every program has in its address space (vdso(7)):
 *
 *	[vvar]   struct vdso_data, which the kernel writes and anybody reads
 *	[vdso]   an ELF image of functions that read it (x86_64/vdso/): the time without a system call
 *
 * The kernel tells the time by the same data and the same formula.
 */
#pragma once

#include "lib/types.h"

#define VDSO_SCALE_SHIFT 32

struct vdso_data {
	u64 cycles_start;    /* TSC at boot */
	u64 ns_per_cycle;    /* << VDSO_SCALE_SHIFT; 0: not measured yet, time stands still */
	u64 realtime_offset; /* atomically: realtime - time since boot, ns */
};

/* Nanoseconds since boot at that reading of the TSC. */
static inline nsec_t vdso_monotonic(const struct vdso_data *d, u64 cycles)
{
	return (nsec_t)((unsigned __int128)(cycles - d->cycles_start) * d->ns_per_cycle >>
			VDSO_SCALE_SHIFT);
}

/* Page aligned, one after the other: the page of the data, and the image. */
extern struct vdso_data vdso_data;
extern const u8 vdso_image[];

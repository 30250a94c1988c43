/* SPDX-License-Identifier: MIT */
/* The user's floating-point and vector registers, as XSAVE (or FXSAVE) puts them into memory. Only
 * for arch/x86_64. */
#pragma once

#include "lib/types.h"

#define FXSAVE_SIZE      512
#define XFEATURES_FXSAVE 3UL /* x87 and SSE, which are all that FXSAVE knows */

/* A zeroed, aligned area of cpu_features.xsave_size bytes; NULL: no memory. */
void *fpu_alloc(void);
void fpu_free(void *area);

/* The registers of this CPU to and from an area. => interrupts disabled, or the area's own
 * thread */
void fpu_save(void *area);
void fpu_load(const void *area);
/* The state in which a program starts. */
void fpu_set_initial(void *area);
/* Would fpu_load() of this area, which came from user mode, go without a fault? (SDM vol. 1, 13.8.1:
 * unknown components, reserved bits) */
bool fpu_is_loadable(const void *area);
/* The first FXSAVE_SIZE bytes are there: says that there are no other components. */
void fpu_complete_fxsave(void *area);

/* SPDX-License-Identifier: MIT */
/* The user's floating-point and vector registers, as XSAVE (or FXSAVE) puts them into memory. Only
 * for arch/x86_64. */
#pragma once

#include "lib/types.h"

/* A zeroed, aligned area of cpu_features.xsave_size bytes; NULL: no memory. */
void *fpu_alloc(void);
void fpu_free(void *area);

/* The registers of this CPU to and from an area. => interrupts disabled, or the area's own
 * thread */
void fpu_save(void *area);
void fpu_load(const void *area);
/* The state in which a program starts. */
void fpu_set_initial(void *area);
/* Makes an area from user mode safe to load: reserved bits that fpu_load() would fault on. */
void fpu_sanitise(void *area);

/* SPDX-License-Identifier: MIT */
/* Kernel stacks: 16 KiB each in an area of their own, with a page that is never mapped below
 * each. */
#pragma once

#include "lib/types.h"

#define KSTACK_SIZE (4 * 4096UL)

/* The lowest usable address, or 0 if memory ran out. May sleep. */
u64 kstack_alloc(void);
/* Any context. The stack stays mapped, for the next kstack_alloc. Panics if the thread ran over
 * its end. */
void kstack_free(u64 stack);
/* Gives the frames of free stacks back; returns their number. May sleep. */
u64 kstack_shrink(void);
/* True if addr is in a guard page: a stack overflow (for the double-fault handler). */
bool kstack_is_guard(vaddr_t addr);
/* False if the thread that uses this stack has run over its end. */
bool kstack_is_intact(u64 stack);

/* SPDX-License-Identifier: MIT */
/*
 * A thread's alternate signal stack, sigaltstack(2). None is set while its size is 0.
 */
#pragma once

#include <asm/signal.h>
#include "lib/types.h"

/*
 * Does this stack pointer stand on the alternate stack s? Never on one with SS_AUTODISARM: that one
 * is unset while a handler uses it. (Linux's on_sig_stack)
 */
bool altstack_holds(const stack_t *s, vaddr_t sp);

/* What sigaltstack(2) tells of s to who has this stack pointer. */
stack_t altstack_tell(const stack_t *s, vaddr_t sp);

/*
 * Sets *s as sigaltstack(2) does. => *s belongs to the current thread, sp: its user stack pointer
 * 0, or with *s as it was: -EPERM (on it), -EINVAL (flags), -ENOMEM (too small).
 */
int altstack_set(stack_t *s, const stack_t *new, vaddr_t sp);

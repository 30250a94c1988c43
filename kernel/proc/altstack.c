// SPDX-License-Identifier: MIT
/*
 * The alternate signal stack: where it is, and who may change it. Who switches to it:
 * signal_deliver.c.
 */
#include "proc/altstack.h"
#include "arch/sigframe.h"
#include "lib/err.h"

#include <linux/signal.h>

bool altstack_holds(const stack_t *s, vaddr_t sp)
{
	return !(s->ss_flags & (int)SS_AUTODISARM) && sigframe_is_on_stack(s, sp);
}

stack_t altstack_tell(const stack_t *s, vaddr_t sp)
{
	stack_t told = *s;

	told.ss_flags &= (int)SS_FLAG_BITS;
	if (!s->ss_size)
		told.ss_flags |= SS_DISABLE;
	else if (altstack_holds(s, sp))
		told.ss_flags |= SS_ONSTACK;
	return told;
}

int altstack_set(stack_t *s, const stack_t *new, vaddr_t sp)
{
	int mode = new->ss_flags & ~(int)SS_FLAG_BITS;

	if (altstack_holds(s, sp))
		return -EPERM;
	if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
		return -EINVAL;
	if (mode != SS_DISABLE && new->ss_size < MINSIGSTKSZ)
		return -ENOMEM;
	*s = mode == SS_DISABLE ? (stack_t){ .ss_flags = new->ss_flags } : *new;
	return 0;
}

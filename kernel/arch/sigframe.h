/* SPDX-License-Identifier: MIT */
/*
 * Signal frames on the user's stack, laid out as Linux's x86-64 struct rt_sigframe: return address,
 * ucontext, siginfo, FPU state (so that handlers, gdb and libunwind find what they expect).
 */
#pragma once

#include <asm/siginfo.h>
#include <asm/signal.h>
#include "arch/context.h"

struct sigframe_request {
	/* handler, flags, restorer: SA_RESTORER is required as on Linux */
	const struct sigaction *action;
	const siginfo_t *info;
	u64 saved_mask;          /* goes to uc_sigmask */
	stack_t altstack;        /* goes to uc_stack, and is used if one of these is true: */
	bool on_altstack;        /* the program stands on it already */
	bool switch_to_altstack; /* the frame begins at its top */
	u32 trapno;              /* goes to the sigcontext */
	u64 error;
	vaddr_t cr2;
};

/* Does this stack pointer stand on the stack? Never on none (size 0). */
static inline bool sigframe_is_on_stack(const stack_t *ss, vaddr_t sp)
{
	vaddr_t base = (vaddr_t)ss->ss_sp;

	return sp > base && sp - base <= ss->ss_size;
}

/* Builds the frame and points tf at the handler. 0 or -EFAULT (then SIGSEGV is due). May sleep. */
int sigframe_push(struct trapframe *tf, struct arch_thread *t, const struct sigframe_request *rq);
/*
 * rt_sigreturn(2): takes the frame at tf->rsp - 8 off: registers, FPU; *mask and *altstack are the
 * caller's to set. Registers are sanitised (cs, ss, rflags). 0 or -EFAULT: all as it was if the
 * frame cannot be read; if only its FPU state is bad everything else is taken off, and the FPU is
 * in its initial state. May sleep.
 */
int sigframe_pop(struct trapframe *tf, struct arch_thread *t, u64 *mask, stack_t *altstack);

/* Bytes that the largest frame takes, alignment included: AT_MINSIGSTKSZ. */
u64 sigframe_max_size(void);

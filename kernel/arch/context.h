/* SPDX-License-Identifier: MIT */
/*
 * What a thread is to the machine: a saved stack pointer, the user's FS/GS bases and FPU state.
 * The kernel uses no FPU: user state is saved and loaded only when threads are switched.
 */
#pragma once

#include "arch/trap.h"
#include "lib/types.h"

struct thread;

struct arch_thread {
	u64 ksp;        /* saved kernel stack pointer while not running */
	u64 kstack_top; /* the trapframe of user threads ends here */
	u64 fs_base, gs_base;
	void *fpu; /* FPU save area, NULL for kernel threads */
};

/* A new thread begins in start(arg), interrupts enabled, on the stack that ends at stack_top. */
void arch_thread_init_kernel(
	struct arch_thread *t, u64 stack_top, void (*start)(void *), void *arg);

/* Gives the thread FPU state: a fresh one, or a copy of src's (current thread's live state if it is
 * running). 0 or -ENOMEM. */
int arch_thread_init_fpu(struct arch_thread *t, const struct arch_thread *src);
/* Resets the current thread's user state for exec: FPU initial, FS = GS = 0. */
void arch_thread_reset_user(struct arch_thread *t);
void arch_thread_free(struct arch_thread *t);

/* Where a user thread's trapframe lies: at the top of its kernel stack. */
static inline struct trapframe *arch_trapframe(struct arch_thread *t)
{
	return (struct trapframe *)t->kstack_top - 1;
}

/* Makes `t` start in user mode with the registers of its trapframe (fork: the caller filled it, rax
 * = 0). The child first runs sched's switch tail (sched_switch_tail()) as every new thread does. */
void arch_thread_init_user(struct arch_thread *t, u64 stack_top, const struct trapframe *regs);
/* Leaves the kernel with the registers of the trapframe at the top of the current stack (exec of
 * init by a kernel thread). Never returns. */
void arch_enter_user(struct arch_thread *t) __noreturn;

/* Switches stacks, FPU state, FS/GS and the TSS's/syscall's kernel stack. Returns in `prev` when it
 * is next scheduled. => interrupts disabled */
void arch_switch(struct arch_thread *prev, struct arch_thread *next);

/* Sets the registers of a program that starts: entry point and stack pointer, all others 0. */
void arch_setup_exec(struct trapframe *tf, vaddr_t entry, vaddr_t sp);

/* arch_prctl(2) of the current thread; 0 or -errno. */
s64 arch_prctl_current(struct arch_thread *t, int option, vaddr_t arg);

/* System call arguments: number in orig_rax; arguments rdi rsi rdx r10 r8 r9. Makes the interrupted
 * system call run again when user mode is entered (rip -= 2, rax = number). */
static inline void arch_restart_syscall(struct trapframe *tf, u64 number)
{
	tf->rax = number;
	tf->rip -= 2;
}

/* SPDX-License-Identifier: MIT */
/*
 * Traps: the registers of what was interrupted, and the four entries from the machine into the
 * kernel, which kernel/entry.c implements at the top of the tree.
 */
#pragma once

#include "lib/types.h"

/* At the top of the kernel stack after any entry from user mode. The order is that of Linux's
 * struct pt_regs and user_regs_struct. */
struct trapframe {
	u64 r15, r14, r13, r12, rbp, rbx;
	u64 r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	u64 orig_rax; /* system call number, -1 outside a system call */
	u64 rip, cs, rflags, rsp, ss;
};

static inline bool trapframe_from_user(const struct trapframe *tf)
{
	return tf->cs & 3;
}

/* Page-fault error code, SDM vol. 3, 4.7. */
#define PF_PRESENT 1u
#define PF_WRITE   2u
#define PF_USER    4u
#define PF_RSVD    8u
#define PF_INSTR   16u
#define PF_PKEY    32u

/* --- entries: implemented in kernel/entry.c, called by arch with interrupts enabled --- */

/* A page fault, in user mode or in the kernel's own user copies. */
void entry_page_fault(struct trapframe *tf, vaddr_t addr, u32 error);
/* System calls: the assembly calls the table's function with the user's six arguments, so that a
 * call costs no more than it must, and puts the result into the trapframe. Other registers of the
 * frame are changed only by arch_setup_exec() and sigframe_pop(), which set orig_rax to -1 and so
 * choose the full way out (entry.asm), or from entry_return_to_user(). */
typedef s64 (*syscall_fn)(u64, u64, u64, u64, u64, u64);
#define NR_SYSCALLS 451u
extern const syscall_fn syscall_table[NR_SYSCALLS]; /* syscall/table.c */
/* There is no such call: the result. */
s64 entry_syscall_missing(u64 number);
/* The result is negative: perhaps one that user mode must not see. */
void entry_syscall_failed(s64 result);
/* Another exception of user mode, already translated: deliver this signal. trapno and error go into
 * the ucontext. */
void entry_exception(
	struct trapframe *tf, int signo, int si_code, vaddr_t addr, u32 trapno, u64 error);
/* On the way to user mode while the thread has work (THREAD_WORK flags): reschedule, signals. Runs
 * in a loop until no work is left. Called with interrupts enabled; arch disables them and looks
 * again. */
void entry_return_to_user(struct trapframe *tf);

/* --- offered by arch --- */

void trap_init(void); /* IDT, GDT, TSS, system-call MSRs of this CPU */

/* If the faulting kernel instruction has a fixup (arch/user.h copies), continues there: true. */
bool trap_fixup(struct trapframe *tf);

/* Prints the registers. */
void trap_print(const struct trapframe *tf);

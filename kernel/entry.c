// SPDX-License-Identifier: MIT
/*
 * entry.c: the top of the kernel, where the machine comes in. The assembly of arch/ saves the
 * registers and calls:
 *
 *	system call       syscall_table[number] and nothing else, unless it fails or is not there
 *	page fault        entry_page_fault      mm_fault(); what it cannot resolve becomes a signal, or the fixup of a user copy
 *	other exception   entry_exception       a signal
 *	on the way out    entry_return_to_user  only if the thread has work: another thread's turn, signals, death
 *
 * Interrupts are enabled in all of them.
 */
#include <asm/siginfo.h>
#include <asm/signal.h>
#include "arch/trap.h"
#include "arch/user.h"
#include "debug/panic.h"
#include "debug/printk.h"
#include "lib/bitmap.h"
#include "lib/err.h"
#include "mm/mm.h"
#include "mm/reclaim.h"
#include "proc/process.h"
#include "proc/signal.h"
#include "sched/sched.h"
#include "syscall/syscall.h"

#define TRAP_PAGE_FAULT 14

/* Programs try calls that they can do without: one line for each is enough. */
s64 entry_syscall_missing(u64 number)
{
	static u64 told[BITMAP_WORDS(NR_SYSCALLS + 1)];
	u64 bit = min(number, (u64)NR_SYSCALLS), mask = 1UL << bit % 64;

	if (!(__atomic_fetch_or(&told[bit / 64], mask, __ATOMIC_RELAXED) & mask))
		pr_info("%s: system call %ld (%s) is not implemented", current_thread()->name,
			(s64)number, syscall_name(number));
	return -ENOSYS;
}

void entry_syscall_failed(s64 result)
{
	/* ERESTART...: the thread must pass through signal_deliver(), even if the signal has gone
	 * elsewhere. */
	if (unlikely((u64)(-result - ERESTARTSYS) <= ERESTART_RESTARTBLOCK - ERESTARTSYS))
		thread_set_flag(current_thread(), THREAD_SIGPENDING);
}

/* The signal of an exception, and what its handler will find in the ucontext. */
static void raise_exception(int sig, int code, vaddr_t addr, u32 trapno, u64 error, vaddr_t cr2)
{
	struct thread_proc *tp = current_proc();

	tp->trapno = trapno;
	tp->trap_error = error;
	tp->trap_cr2 = cr2;
	signal_force(sig, code, addr);
}

void entry_exception(
	struct trapframe *tf, int signo, int si_code, vaddr_t addr, u32 trapno, u64 error)
{
	tf->orig_rax = (u64)-1;
	raise_exception(signo, si_code, addr, trapno, error, current_proc()->trap_cr2);
}

/* ---------------------------------------------------------------- page faults */

static u32 access_of(u32 error)
{
	return (error & PF_WRITE ? FAULT_WRITE : 0) | (error & PF_INSTR ? FAULT_EXEC : 0) |
	       (error & PF_USER ? FAULT_USER : 0);
}

/* User mode touched what it may not. */
static void user_fault_failed(enum fault_result result, vaddr_t addr, u32 error)
{
	/* as Linux: a program learns nothing about what the kernel has mapped */
	if (addr >= USER_END)
		error |= PF_PRESENT;
	switch (result) {
	case FAULT_MAPERR:
		raise_exception(SIGSEGV, SEGV_MAPERR, addr, TRAP_PAGE_FAULT, error, addr);
		break;
	case FAULT_ACCERR:
		raise_exception(SIGSEGV, SEGV_ACCERR, addr, TRAP_PAGE_FAULT, error, addr);
		break;
	case FAULT_BUS:
		raise_exception(SIGBUS, BUS_ADRERR, addr, TRAP_PAGE_FAULT, error, addr);
		break;
	case FAULT_OOM:
		if (!reclaim_out_of_memory()) /* true: the instruction is tried again */
			signal_force_kill(current_process());
		break;
	case FAULT_KILLED:
	case FAULT_OK:
		break;
	}
}

/* A user copy of the kernel failed: it ends with an error, unless memory can be had. */
static void kernel_fault_failed(struct trapframe *tf, enum fault_result result, vaddr_t addr)
{
	if (result == FAULT_OOM && !thread_is_killed() && reclaim_out_of_memory())
		return;
	if (!trap_fixup(tf))
		panic_fault(
			tf, addr, "page fault in the kernel outside of a user copy, at %lx", addr);
}

void entry_page_fault(struct trapframe *tf, vaddr_t addr, u32 error)
{
	struct thread *t = current_thread();
	bool from_user = trapframe_from_user(tf);
	enum fault_result result = FAULT_MAPERR;

	if (unlikely(error & PF_RSVD))
		panic_fault(tf, addr, "damaged page table: reserved bits are set for %lx", addr);
	if (likely(addr < USER_END && t->mm))
		result = mm_fault(t->mm, addr, access_of(error),
			from_user ? tf->rsp : arch_trapframe(&t->arch)->rsp);
	if (likely(result == FAULT_OK))
		return;
	if (from_user)
		user_fault_failed(result, addr, error);
	else
		kernel_fault_failed(tf, result, addr);
}

/* ---------------------------------------------------------------- the way out */

void entry_return_to_user(struct trapframe *tf)
{
	struct thread *t = current_thread();

	if (t->flags & THREAD_NEED_RESCHED)
		cond_resched();
	if (t->flags & (THREAD_SIGPENDING | THREAD_NOTIFY)) {
		thread_clear_flag(t, THREAD_NOTIFY);
		signal_deliver(tf);
	}
}

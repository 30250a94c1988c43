/* SPDX-License-Identifier: MIT */
/*
 * Exceptions, behind the assembly of entry.asm: which signal a user program gets for each (as
 * Linux's arch/x86/kernel/traps.c decides), and what happens when the kernel itself is at fault.
 *
 *	user mode	#PF -> entry_page_fault; others -> entry_exception with signal and code
 *	kernel		#PF of a user copy -> entry_page_fault, or its fixup under faults_disabled
 *			anything else with a fixup -> there; without -> panic with registers and page walk
 *	double fault, NMI, machine check -> panic, or the end of this CPU when another one panics
 */
#include <asm/siginfo.h>
#include <asm/signal.h>
#include "arch/trap.h"
#include "arch/cpu.h"
#include "arch/mmu.h"
#include "arch/user.h"
#include "arch/x86_64/desc.h"
#include "arch/x86_64/x86.h"
#include "debug/panic.h"
#include "debug/printk.h"
#include "mm/kstack.h"

static const char *const exception_names[32] = {
	[EXC_DIVIDE] = "divide error",
	[EXC_DEBUG] = "debug exception",
	[EXC_NMI] = "non-maskable interrupt",
	[EXC_BREAKPOINT] = "breakpoint",
	[EXC_OVERFLOW] = "overflow",
	[EXC_BOUND] = "bound range exceeded",
	[EXC_UNDEFINED] = "invalid opcode",
	[EXC_NO_FPU] = "device not available",
	[EXC_DOUBLE_FAULT] = "double fault",
	[EXC_TSS] = "invalid TSS",
	[EXC_SEGMENT] = "segment not present",
	[EXC_STACK] = "stack segment fault",
	[EXC_PROTECTION] = "general protection fault",
	[EXC_PAGE_FAULT] = "page fault",
	[EXC_X87] = "x87 floating-point error",
	[EXC_ALIGNMENT] = "alignment check",
	[EXC_MACHINE_CHECK] = "machine check",
	[EXC_SIMD] = "SIMD floating-point error",
	[EXC_CONTROL] = "control protection",
};

static const char *exception_name(u32 vector)
{
	const char *name = vector < 32 ? exception_names[vector] : NULL;

	return name ? name : "reserved exception";
}

void trap_init(void)
{
	desc_init_cpu(desc_boot_ist_block());
}

void trap_print(const struct trapframe *tf)
{
	char where[80];

	symbol_format(tf->rip, where, sizeof(where));
	pr_err("rip %016lx %s", tf->rip, where);
	pr_err("rsp %016lx  rflags %08lx  cs %02lx  ss %02lx", tf->rsp, tf->rflags, tf->cs, tf->ss);
	pr_err("rax %016lx  rbx %016lx  rcx %016lx", tf->rax, tf->rbx, tf->rcx);
	pr_err("rdx %016lx  rsi %016lx  rdi %016lx", tf->rdx, tf->rsi, tf->rdi);
	pr_err("rbp %016lx  r8  %016lx  r9  %016lx", tf->rbp, tf->r8, tf->r9);
	pr_err("r10 %016lx  r11 %016lx  r12 %016lx", tf->r10, tf->r11, tf->r12);
	pr_err("r13 %016lx  r14 %016lx  r15 %016lx", tf->r13, tf->r14, tf->r15);
	pr_err("cr0 %08lx  cr2 %016lx  cr3 %lx  cr4 %lx", read_cr0(), read_cr2(), read_cr3(),
		read_cr4());
}

bool trap_fixup(struct trapframe *tf)
{
	struct fixup {
		u64 at, to;
	};
	extern const struct fixup fixups_start[], fixups_end[];

	for (const struct fixup *f = fixups_start; f < fixups_end; f++)
		if (f->at == tf->rip) {
			tf->rip = f->to;
			return true;
		}
	return false;
}

/* --- page faults of the kernel --- */

static const char *describe_access(u32 error)
{
	if (error & PF_INSTR)
		return "execute";
	return error & PF_WRITE ? "write" : "read";
}

static void __noreturn bad_kernel_fault(struct trapframe *tf, vaddr_t addr, u32 error)
{
	const char *what = addr < PAGE_SIZE        ? "NULL pointer"
			   : addr < USER_END       ? "stray user address"
			   : kstack_is_guard(addr) ? "guard page of a stack"
						   : "bad address";

	panic_fault(tf, addr, "page fault in the kernel: %s of %s %016lx (error %x)",
		describe_access(error), what, addr, error);
}

/* Called by entry.asm with interrupts as they were. */
void kernel_page_fault(struct trapframe *tf, vaddr_t addr, u32 error);
void kernel_page_fault(struct trapframe *tf, vaddr_t addr, u32 error)
{
	bool in_copy = tf->rip >= (u64)user_access_start && tf->rip < (u64)user_access_end;

	if (unlikely(!in_copy || addr >= USER_END || (error & PF_RSVD)))
		bad_kernel_fault(tf, addr, error);
	if (user_faults_disabled() || !irqs_enabled_in(tf->rflags)) {
		if (!trap_fixup(tf))
			bad_kernel_fault(tf, addr, error);
		return;
	}
	entry_page_fault(tf, addr, error);
}

/* --- other exceptions of user mode --- */

/* The bits of both units' exceptions, in Linux's order of importance; 0: none is pending any
 * more. */
static int fpu_code(u32 raised)
{
	if (raised & 0x01)
		return FPE_FLTINV;
	if (raised & 0x04)
		return FPE_FLTDIV;
	if (raised & 0x08)
		return FPE_FLTOVF;
	if (raised & 0x12)
		return FPE_FLTUND;
	if (raised & 0x20)
		return FPE_FLTRES;
	return 0;
}

static int x87_code(void)
{
	u16 control, status;

	__asm__ volatile("fnstcw %0; fnstsw %1" : "=m"(control), "=m"(status));
	return fpu_code(status & ~(u32)control & 0x3f);
}

static int simd_code(void)
{
	u32 mxcsr;

	__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
	return fpu_code(~(mxcsr >> 7) & mxcsr & 0x3f);
}

static int debug_code(void)
{
	u64 dr6 = read_dr6();

	write_dr6(0xffff0ff0); /* nothing clears it but software (SDM vol. 3, 18.2.3) */
	return dr6 & 0xf ? TRAP_HWBKPT : dr6 & (1UL << 14) ? TRAP_TRACE : TRAP_BRKPT;
}

static void user_exception(u32 vector, struct trapframe *tf, u64 error)
{
	int signo = SIGSEGV, code = SI_KERNEL;
	vaddr_t addr = 0;

	switch (vector) {
	case EXC_DIVIDE:
		signo = SIGFPE, code = FPE_INTDIV, addr = tf->rip;
		break;
	case EXC_DEBUG:
		signo = SIGTRAP, code = debug_code(), addr = tf->rip;
		break;
	case EXC_BREAKPOINT:
		signo = SIGTRAP;
		break;
	case EXC_UNDEFINED:
		signo = SIGILL, code = ILL_ILLOPN, addr = tf->rip;
		break;
	case EXC_SEGMENT:
	case EXC_STACK:
		signo = SIGBUS;
		break;
	case EXC_X87:
	case EXC_SIMD:
		signo = SIGFPE, code = vector == EXC_X87 ? x87_code() : simd_code(), addr = tf->rip;
		if (!code)
			return;
		break;
	case EXC_ALIGNMENT:
		signo = SIGBUS, code = BUS_ADRALN;
		break;
	}
	entry_exception(tf, signo, code, addr, vector, error);
}

/* --- called by entry.asm --- */

/* The error code lies in orig_rax; interrupts are off. */
void exception_dispatch(u32 vector, struct trapframe *tf);
void exception_dispatch(u32 vector, struct trapframe *tf)
{
	u64 error = tf->orig_rax;

	tf->orig_rax = (u64)-1;
	if (trapframe_from_user(tf)) {
		irq_enable();
		user_exception(vector, tf, error);
	} else if (!trap_fixup(tf)) {
		panic_trap(tf, "%s in the kernel (error %lx)", exception_name(vector), error);
	}
}

/* Double fault, NMI, machine check, each on a stack of its own. Never returns. */
void ist_dispatch(u32 vector, struct trapframe *tf);
void ist_dispatch(u32 vector, struct trapframe *tf)
{
	vaddr_t cr2 = read_cr2();
	u64 error = tf->orig_rax;

	if (vector == EXC_NMI && panic_in_progress())
		machine_halt();
	if (vector == EXC_DOUBLE_FAULT &&
		(kstack_is_guard(cr2) ||
			(cr2 >= (u64)boot_stack_guard && cr2 < (u64)boot_stack_guard + PAGE_SIZE)))
		panic_fault(
			tf, cr2, "kernel stack overflow (double fault, guard page %016lx)", cr2);
	/* An NMI or machine check faulted on no address: the walk shows where the CPU was. */
	panic_fault(tf, vector == EXC_DOUBLE_FAULT ? cr2 : tf->rip, "%s in %s mode (error %lx)",
		exception_name(vector), trapframe_from_user(tf) ? "user" : "kernel", error);
}

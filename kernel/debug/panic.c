/* SPDX-License-Identifier: MIT */
/*
 * Panic: says what is wrong and everything that may help, then ends the machine. The first CPU that
 * comes reports; the others are stopped by NMI, or stop themselves when they come here too. A panic
 * of the reporting CPU itself prints its message and ends the report. No locks, no memory, little
 * stack; stack frames are followed only where the page tables map them.
 */
#include "debug/panic.h"
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/mmu.h"
#include "arch/smp.h"
#include "arch/trap.h"
#include "debug/printk.h"
#include "lib/format.h"

#define QEMU_EXIT_PORT 0xf4
#define QEMU_EXIT_CODE 62 /* isa-debug-exit ends QEMU with 2 * 62 + 1 = 125 */
#define NO_CPU         0xffffffffu

static u32 panic_cpu = NO_CPU;
static void (*describe)(void);
static bool exit_qemu;
static char text[256]; /* not on the stack, which may be nearly full */

bool panic_in_progress(void)
{
	return __atomic_load_n(&panic_cpu, __ATOMIC_ACQUIRE) != NO_CPU;
}

void panic_set_describe(void (*describe_current)(void))
{
	describe = describe_current;
}

void panic_set_exit_qemu(bool on)
{
	exit_qemu = on;
}

static void __noreturn stop(void)
{
	if (exit_qemu)
		outl(QEMU_EXIT_PORT, QEMU_EXIT_CODE);
	machine_halt();
}

/* Prints the message. Returns on the first CPU that panics, the first time. */
static void begin(const char *fmt, va_list args)
{
	u32 expected = NO_CPU, self = cpu_id();
	bool first;

	irq_disable();
	first = __atomic_compare_exchange_n(
		&panic_cpu, &expected, self, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	if (!first && expected != self)
		machine_halt(); /* another one reports: let it finish */
	printk_enter_panic();
	if (first)
		smp_stop_others();
	vsnprintf(text, sizeof(text), fmt, args);
	pr_err("panic on CPU %u: %s", self, text);
	if (!first)
		stop();
}

static void __noreturn finish(u64 rbp, u64 rip, u64 rsp)
{
	if (describe)
		describe();
	backtrace_print(rbp, rip, rsp);
	stop();
}

void panic(const char *fmt, ...)
{
	u64 rbx, r12, r13, r14, r15;
	const u64 *frame = __builtin_frame_address(0); /* { caller's rbp, return address } */
	va_list args;

	__asm__ volatile(
		"movq %%rbx, %0; movq %%r12, %1; movq %%r13, %2; movq %%r14, %3; movq %%r15, %4"
		: "=m"(rbx), "=m"(r12), "=m"(r13), "=m"(r14), "=m"(r15));
	va_start(args, fmt);
	begin(fmt, args);
	va_end(args);
	/* The registers that a caller still has; the others went with the call. */
	pr_err("rip %016lx  rsp %016lx  rbp %016lx", frame[1], (u64)(frame + 2), frame[0]);
	pr_err("rbx %016lx  r12 %016lx  r13 %016lx", rbx, r12, r13);
	pr_err("r14 %016lx  r15 %016lx", r14, r15);
	finish((u64)frame, 0, 0);
}

void panic_trap(struct trapframe *tf, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	begin(fmt, args);
	va_end(args);
	trap_print(tf);
	finish(tf->rbp, tf->rip, tf->rsp);
}

void panic_fault(struct trapframe *tf, u64 addr, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	begin(fmt, args);
	va_end(args);
	trap_print(tf);
	pt_print_walk(NULL, addr);
	finish(tf->rbp, tf->rip, tf->rsp);
}

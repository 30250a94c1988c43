/* SPDX-License-Identifier: MIT */
/*
 * Threads as the machine sees them: the first frame on a new stack, the switch, the user's FS and
 * GS bases.
 *
 *	stack of a user thread                     of a kernel thread
 *	top  struct trapframe (21 words)           top  2 words of 0: the end of backtraces
 *	     1 word, for alignment                      thread_entry_kernel
 *	     thread_entry_user                          rbx rbp r12 (function) r13 (argument) r14 r15 <- ksp
 *	     rbx rbp r12 r13 r14 r15 <- ksp
 *
 * While the kernel runs, the user's GS base is in MSR_KERNEL_GS_BASE (swapgs). With FSGSBASE
 * programs may change both bases themselves, so they are read at each switch.
 */
#include "arch/context.h"
#include <asm/prctl.h>
#include "arch/cpu.h"
#include "arch/user.h"
#include "arch/x86_64/cpufeat.h"
#include "arch/x86_64/desc.h"
#include "arch/x86_64/fpu.h"
#include "arch/x86_64/x86.h"
#include "lib/err.h"
#include "lib/string.h"
#include "sched/thread.h"

/* entry.asm */
void arch_switch_stacks(u64 *save_ksp, u64 next_ksp);
void enter_user_frame(struct trapframe *tf) __noreturn;
extern char thread_entry_kernel[], thread_entry_user[];

/* What entry.asm assumes. */
_Static_assert(offsetof(struct thread, flags) == 0, "THREAD_FLAGS in layout.inc");
_Static_assert(THREAD_WORK == 7, "THREAD_WORK in layout.inc");
_Static_assert(offsetof(struct tss, rsp0) == 4, "TSS_RSP0 in layout.inc");
_Static_assert(sizeof(struct trapframe) == 168, "TF_SIZE in layout.inc");
_Static_assert(offsetof(struct trapframe, orig_rax) == 120, "TF_ORIG_RAX in layout.inc");
_Static_assert(offsetof(struct trapframe, rdi) == 112, "TF_RDI in layout.inc");
_Static_assert(offsetof(struct trapframe, r11) == 48, "TF_R11 in layout.inc");
_Static_assert(offsetof(struct trapframe, rsp) == 152, "TF_RSP in layout.inc");

static bool is_running(const struct arch_thread *t)
{
	const struct thread *current = current_thread();

	return current && t == &current->arch;
}

/* --- FS and GS --- */

static u64 read_fs_base(void)
{
	u64 v;

	if (!cpu_features.fsgsbase)
		return rdmsr(MSR_FS_BASE);
	__asm__ volatile("rdfsbase %0" : "=r"(v));
	return v;
}

static void write_fs_base(u64 v)
{
	if (cpu_features.fsgsbase)
		__asm__ volatile("wrfsbase %0" ::"r"(v));
	else
		wrmsr(MSR_FS_BASE, v);
}

/* The user's GS base: interrupts are off, or the thread may be switched in between, which does no
 * harm. */
static u64 read_user_gs_base(void)
{
	return rdmsr(MSR_KERNEL_GS_BASE);
}

static void write_user_gs_base(u64 v)
{
	wrmsr(MSR_KERNEL_GS_BASE, v);
}

static void save_bases(struct arch_thread *t)
{
	/* Without FSGSBASE only arch_prctl changes them, which keeps them here. */
	if (cpu_features.fsgsbase) {
		t->fs_base = read_fs_base();
		t->gs_base = read_user_gs_base();
	}
}

static void load_bases(const struct arch_thread *t)
{
	write_fs_base(t->fs_base);
	write_user_gs_base(t->gs_base);
}

s64 arch_prctl_current(struct arch_thread *t, int option, vaddr_t arg)
{
	switch (option) {
	case ARCH_SET_FS:
		if (arg >= USER_END)
			return -EPERM;
		t->fs_base = arg;
		write_fs_base(arg);
		return 0;
	case ARCH_SET_GS:
		if (arg >= USER_END)
			return -EPERM;
		t->gs_base = arg;
		write_user_gs_base(arg);
		return 0;
	case ARCH_GET_FS:
		save_bases(t);
		return copy_to_user(arg, &t->fs_base, sizeof(t->fs_base));
	case ARCH_GET_GS:
		save_bases(t);
		return copy_to_user(arg, &t->gs_base, sizeof(t->gs_base));
	}
	return -EINVAL;
}

/* --- life --- */

/* Pushes what arch_switch_stacks() pops; returns the stack pointer. */
static u64 first_frame(u64 *sp, void *entry, void (*start)(void *), void *arg)
{
	*--sp = (u64)entry;
	*--sp = 0; /* rbx */
	*--sp = 0; /* rbp: the end of backtraces */
	*--sp = (u64)start;
	*--sp = (u64)arg;
	*--sp = 0;
	*--sp = 0;
	return (u64)sp;
}

void arch_thread_init_kernel(struct arch_thread *t, u64 stack_top, void (*start)(void *), void *arg)
{
	u64 *sp;

	/* Room for a trapframe is left above: the thread that becomes init fills it in while it
	 * runs. */
	t->kstack_top = stack_top;
	sp = (u64 *)arch_trapframe(t);
	*--sp = 0;
	t->ksp = first_frame(sp, thread_entry_kernel, start, arg);
}

void arch_thread_init_user(struct arch_thread *t, u64 stack_top, const struct trapframe *regs)
{
	u64 *sp;

	t->kstack_top = stack_top;
	*arch_trapframe(t) = *regs;
	sp = (u64 *)arch_trapframe(t);
	*--sp = 0;
	t->ksp = first_frame(sp, thread_entry_user, NULL, NULL);
}

int arch_thread_init_fpu(struct arch_thread *t, const struct arch_thread *src)
{
	void *area = fpu_alloc();
	irqflags_t f;

	if (!area)
		return -ENOMEM;
	f = irq_save();
	if (!src || !src->fpu) {
		fpu_set_initial(area);
	} else if (is_running(src)) {
		fpu_save(area);
		t->fs_base = cpu_features.fsgsbase ? read_fs_base() : src->fs_base;
		t->gs_base = cpu_features.fsgsbase ? read_user_gs_base() : src->gs_base;
	} else {
		memcpy(area, src->fpu, cpu_features.xsave_size);
		t->fs_base = src->fs_base;
		t->gs_base = src->gs_base;
	}
	t->fpu = area;
	/* A thread that gets state while it runs must not take over what the last program left in
	 * the registers. */
	if (is_running(t)) {
		fpu_load(area);
		load_bases(t);
	}
	irq_restore(f);
	return 0;
}

void arch_thread_reset_user(struct arch_thread *t)
{
	irqflags_t f = irq_save();

	fpu_set_initial(t->fpu);
	fpu_load(t->fpu);
	t->fs_base = t->gs_base = 0;
	load_bases(t);
	irq_restore(f);
}

void arch_thread_free(struct arch_thread *t)
{
	if (t->fpu)
		fpu_free(t->fpu);
	t->fpu = NULL;
}

/* --- running --- */

static void set_kernel_stack(u64 top)
{
	this_cpu_ptr(&tss)->rsp0 = top;
}

void arch_switch(struct arch_thread *prev, struct arch_thread *next)
{
	if (prev->fpu) {
		fpu_save(prev->fpu);
		save_bases(prev);
	}
	if (next->fpu) {
		set_kernel_stack(next->kstack_top);
		fpu_load(next->fpu);
		load_bases(next);
	}
	arch_switch_stacks(&prev->ksp, next->ksp);
}

void arch_enter_user(struct arch_thread *t)
{
	irq_disable();
	set_kernel_stack(t->kstack_top);
	enter_user_frame(arch_trapframe(t));
}

void arch_setup_exec(struct trapframe *tf, vaddr_t entry, vaddr_t sp)
{
	memset(tf, 0, sizeof(*tf));
	tf->orig_rax = (u64)-1;
	tf->rip = entry;
	tf->cs = SEL_USER_CS;
	tf->rflags = RFLAGS_ONE | RFLAGS_IF;
	tf->rsp = sp;
	tf->ss = SEL_USER_DS;
}

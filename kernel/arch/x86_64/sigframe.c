/* SPDX-License-Identifier: MIT */
/*
 * Signal frames, as Linux's x86-64 lays them out (arch/x86/kernel/signal_64.c):
 *
 *	old rsp
 *	128 bytes of red zone (not on an alternate stack that is just entered)
 *	FPU state, aligned to 64: XSAVE area, then FP_XSTATE_MAGIC2
 *	struct rt_sigframe, aligned so that the handler finds rsp + 8 at a multiple of 16
 *	    pretcode  <- rsp when the handler begins: it returns to sa_restorer, which calls rt_sigreturn
 *	    uc, info
 *
 * The FPU area passes through the thread's own save area, which is scratch memory while the thread
 * runs.
 */
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>
#include "arch/sigframe.h"
#include "arch/cpu.h"
#include "arch/user.h"
#include "arch/x86_64/cpufeat.h"
#include "arch/x86_64/fpu.h"
#include "arch/x86_64/x86.h"
#include "lib/err.h"
#include "lib/string.h"

#define RED_ZONE 128

struct rt_sigframe {
	u64 pretcode;
	struct ucontext uc;
	siginfo_t info;
};

/* What sigreturn may change in rflags. */
#define RFLAGS_USER                                                                                \
	(RFLAGS_AC | RFLAGS_OF | RFLAGS_DF | RFLAGS_TF | RFLAGS_SF | RFLAGS_ZF | RFLAGS_AF |       \
		RFLAGS_PF | RFLAGS_CF | RFLAGS_RF)

static u64 fpu_frame_size(void)
{
	return cpu_features.xsave_size + (cpu_features.xsave ? FP_XSTATE_MAGIC2_SIZE : 0);
}

u64 sigframe_max_size(void)
{
	/* Linux adds the worst of both alignments too. */
	return ALIGN_UP(sizeof(struct rt_sigframe) + RED_ZONE + fpu_frame_size() + 64 + 16, 16);
}

/* --- push --- */

/* Where the frame and the FPU state go; -EFAULT if the alternate stack has no room. */
static int place(
	const struct trapframe *tf, const struct sigframe_request *rq, vaddr_t *frame, vaddr_t *fpu)
{
	vaddr_t sp = tf->rsp - RED_ZONE;

	if (rq->switch_to_altstack)
		sp = (vaddr_t)rq->altstack.ss_sp + rq->altstack.ss_size;
	*fpu = ALIGN_DOWN(sp - fpu_frame_size(), 64);
	*frame = ALIGN_DOWN(*fpu - sizeof(struct rt_sigframe), 16) - 8;
	if ((rq->on_altstack || rq->switch_to_altstack) &&
		!sigframe_is_on_stack(&rq->altstack, *frame))
		return -EFAULT;
	return 0;
}

static void fill_context(
	struct sigcontext *sc, const struct trapframe *tf, const struct sigframe_request *rq)
{
	*sc = (struct sigcontext){
		.r8 = tf->r8,
		.r9 = tf->r9,
		.r10 = tf->r10,
		.r11 = tf->r11,
		.r12 = tf->r12,
		.r13 = tf->r13,
		.r14 = tf->r14,
		.r15 = tf->r15,
		.rdi = tf->rdi,
		.rsi = tf->rsi,
		.rbp = tf->rbp,
		.rbx = tf->rbx,
		.rdx = tf->rdx,
		.rax = tf->rax,
		.rcx = tf->rcx,
		.rsp = tf->rsp,
		.rip = tf->rip,
		.eflags = tf->rflags,
		.cs = (u16)tf->cs,
		.ss = (u16)tf->ss,
		.err = rq->error,
		.trapno = rq->trapno,
		.oldmask = rq->saved_mask,
		.cr2 = rq->cr2,
	};
}

/* The live registers, in the form in which programs find them: with the software bytes that tell
 * the size. */
static int push_fpu(vaddr_t to, struct arch_thread *t)
{
	struct _xstate *xs = t->fpu;
	u32 size = cpu_features.xsave_size, magic2 = FP_XSTATE_MAGIC2;
	struct _fpx_sw_bytes sw = {
		.magic1 = FP_XSTATE_MAGIC1,
		.extended_size = (u32)fpu_frame_size(),
		.xfeatures = cpu_features.xsave_mask,
		.xstate_size = size,
	};
	u64 xfeatures;

	fpu_save(xs);
	if (copy_to_user(to, xs, size))
		return -EFAULT;
	if (!cpu_features.xsave)
		return 0;
	/* x87 and SSE count as present, so that a handler may change them even if they were in the
	 * initial state. */
	xfeatures = xs->xstate_hdr.xfeatures | XFEATURES_FXSAVE;
	if (copy_to_user(to + offsetof(struct _xstate, xstate_hdr.xfeatures), &xfeatures,
		    sizeof(xfeatures)) ||
		copy_to_user(to + offsetof(struct _fpstate, sw_reserved), &sw, sizeof(sw)) ||
		copy_to_user(to + size, &magic2, sizeof(magic2)))
		return -EFAULT;
	return 0;
}

int sigframe_push(struct trapframe *tf, struct arch_thread *t, const struct sigframe_request *rq)
{
	const struct sigaction *action = rq->action;
	struct rt_sigframe frame = { .pretcode = (u64)action->sa_restorer };
	size_t len = sizeof(frame);
	vaddr_t at, fpu;

	if (!(action->sa_flags & SA_RESTORER) || place(tf, rq, &at, &fpu))
		return -EFAULT;
	frame.uc.uc_flags =
		UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS | (cpu_features.xsave ? UC_FP_XSTATE : 0);
	frame.uc.uc_stack = rq->altstack;
	frame.uc.uc_sigmask = rq->saved_mask;
	fill_context(&frame.uc.uc_mcontext, tf, rq);
	frame.uc.uc_mcontext.fpstate = (struct _fpstate *)fpu;
	if (action->sa_flags & SA_SIGINFO)
		frame.info = *rq->info;
	else
		len = offsetof(struct rt_sigframe, info);
	if (push_fpu(fpu, t) || copy_to_user(at, &frame, len))
		return -EFAULT;

	tf->rdi = (u64)rq->info->si_signo;
	tf->rsi = at + offsetof(struct rt_sigframe, info);
	tf->rdx = at + offsetof(struct rt_sigframe, uc);
	tf->rax = 0;
	tf->rip = (u64)action->sa_handler;
	tf->rsp = at;
	tf->cs = SEL_USER_CS;
	tf->ss = SEL_USER_DS;
	tf->rflags &= ~(RFLAGS_DF | RFLAGS_RF | RFLAGS_TF);
	return 0;
}

/* --- pop --- */

/* How much of the FPU state at `from` is to be loaded, and which components: the whole XSAVE area
 * if it says so convincingly, else FXSAVE's part. */
static int fpu_frame_length(vaddr_t from, u32 *len, u64 *components)
{
	struct _fpx_sw_bytes sw;
	u32 magic2;

	*len = FXSAVE_SIZE;
	*components = XFEATURES_FXSAVE;
	if (!cpu_features.xsave)
		return 0;
	if (copy_from_user(&sw, from + offsetof(struct _fpstate, sw_reserved), sizeof(sw)))
		return -EFAULT;
	if (sw.magic1 != FP_XSTATE_MAGIC1 || sw.xstate_size != cpu_features.xsave_size ||
		sw.extended_size != fpu_frame_size())
		return 0;
	if (copy_from_user(&magic2, from + sw.xstate_size, sizeof(magic2)))
		return -EFAULT;
	if (magic2 == FP_XSTATE_MAGIC2) {
		*len = cpu_features.xsave_size;
		*components = sw.xfeatures;
	}
	return 0;
}

/* The area in memory goes into the registers; -EFAULT if it cannot, and then it is to be reset. */
static int load_fpu(struct _xstate *xs, u32 len, u64 components)
{
	if (len == FXSAVE_SIZE)
		fpu_complete_fxsave(xs);
	if (!fpu_is_loadable(xs))
		return -EFAULT;
	if (cpu_features.xsave)
		xs->xstate_hdr.xfeatures &= components;
	fpu_load(xs);
	return 0;
}

static void reset_fpu(struct arch_thread *t)
{
	irqflags_t f = irq_save();

	fpu_set_initial(t->fpu);
	fpu_load(t->fpu);
	irq_restore(f);
}

/* Copies without faults, because between the copy and the load the thread must not be switched:
 * that would save over it. */
static int pop_fpu(vaddr_t from, struct arch_thread *t)
{
	struct _xstate *xs = t->fpu;
	size_t left;
	irqflags_t f;
	u64 components;
	u32 len;
	int err = 0;

	/* What XRSTOR and FXRSTOR ask of an address. */
	if (!IS_ALIGNED(from, cpu_features.xsave ? 64 : 16) ||
		fpu_frame_length(from, &len, &components))
		return -EFAULT;
	do {
		if (user_prefault(from, len, false))
			return -EFAULT;
		f = irq_save();
		left = user_copy_in_nofault(xs, from, len);
		if (!left)
			err = load_fpu(xs, len, components);
		irq_restore(f);
	} while (left);
	return err;
}

static void restore_registers(struct trapframe *tf, const struct sigcontext *sc)
{
	tf->r8 = sc->r8, tf->r9 = sc->r9, tf->r10 = sc->r10, tf->r11 = sc->r11;
	tf->r12 = sc->r12, tf->r13 = sc->r13, tf->r14 = sc->r14, tf->r15 = sc->r15;
	tf->rdi = sc->rdi, tf->rsi = sc->rsi, tf->rbp = sc->rbp, tf->rbx = sc->rbx;
	tf->rdx = sc->rdx, tf->rax = sc->rax, tf->rcx = sc->rcx;
	tf->rsp = sc->rsp, tf->rip = sc->rip;
	/* There are no other user segments; and interrupts stay on, whatever the frame says. */
	tf->cs = SEL_USER_CS;
	tf->ss = SEL_USER_DS;
	tf->rflags = (tf->rflags & ~RFLAGS_USER) | (sc->eflags & RFLAGS_USER) | RFLAGS_IF;
	tf->orig_rax = (u64)-1;
}

int sigframe_pop(struct trapframe *tf, struct arch_thread *t, u64 *mask, stack_t *altstack)
{
	vaddr_t at = tf->rsp - sizeof(u64), fpu; /* the handler's ret took pretcode */
	struct ucontext uc;

	if (copy_from_user(&uc, at + offsetof(struct rt_sigframe, uc), sizeof(uc)))
		return -EFAULT;
	restore_registers(tf, &uc.uc_mcontext);
	*mask = uc.uc_sigmask;
	*altstack = uc.uc_stack;
	fpu = (vaddr_t)uc.uc_mcontext.fpstate;
	if (fpu && !pop_fpu(fpu, t))
		return 0;
	reset_fpu(t);
	return fpu ? -EFAULT : 0;
}

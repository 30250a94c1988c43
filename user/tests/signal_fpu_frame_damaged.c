// SPDX-License-Identifier: MIT
/*
 * signal_fpu_frame_damaged.c: A handler that leaves a damaged FPU state in its frame: SIGSEGV
 * (SI_KERNEL) where the CPU could not load it or the memory is not there; everything else of the
 * frame was taken, so SIGSEGV's handler finds the program where it stood, and can go on. Where only
 * the software bytes are damaged, what FXSAVE knows is loaded and the rest is reset.
 */
#include "test.h"

#include <cpuid.h>
#include <ucontext.h>

enum damage {
	UNMAPPED,
	MISALIGNED,
	KERNEL,
	RESERVED_MXCSR,
	HEADER_COMPACT,
	HEADER_RESERVED,
	HEADER_UNKNOWN,
	MAGIC1_LOST,
	MAGIC2_LOST,
	NR_DAMAGES
};

static volatile enum damage damage;
static volatile int nr_segv, segv_code;
static volatile bool was_blocked;
static volatile greg_t r12_seen;
static char *none;

static void spoil(int signo, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;
	char *area = (char *)frame->uc_mcontext.fpregs;
	uint32_t size;

	(void)signo;
	(void)info;
	sigaddset(&frame->uc_sigmask, SIGUSR2);
	memcpy(&size, area + 464 + 16, 4);
	switch (damage) {
	case UNMAPPED:
		frame->uc_mcontext.fpregs = (void *)none;
		break;
	case MISALIGNED:
		frame->uc_mcontext.fpregs = (void *)(area + 8);
		break;
	case KERNEL:
		frame->uc_mcontext.fpregs = (void *)0xffff888000000000;
		break;
	case RESERVED_MXCSR:
		area[27] = 1;
		break;
	case HEADER_COMPACT:
		area[512 + 15] = (char)0x80;
		break;
	case HEADER_RESERVED:
		area[512 + 16] = 1;
		break;
	case HEADER_UNKNOWN:
		area[512 + 7] = 0x20;
		break;
	case MAGIC1_LOST:
		area[464] = 0;
		break;
	case MAGIC2_LOST:
		area[size] = 0;
		break;
	case NR_DAMAGES:
		break;
	}
}

static void segv(int signo, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;

	(void)signo;
	nr_segv++;
	segv_code = info->si_code;
	r12_seen = frame->uc_mcontext.gregs[REG_R12];
	was_blocked = sigismember(&frame->uc_sigmask, SIGUSR2);
	sigdelset(&frame->uc_sigmask, SIGUSR2);
}

static bool have_xsave(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE) && (c & bit_AVX);
}

/* A signal while ymm9 holds ones; gives its two halves afterwards. */
static void signal_with_ones(uint64_t halves[4], bool avx)
{
	long number = SYS_kill;

	memset(halves, 0, 32);
	if (avx)
		__asm__ volatile("vpcmpeqd %%ymm9, %%ymm9, %%ymm9\n\t"
				 "movl $0x1212, %%r12d; syscall; vmovdqu %%ymm9, (%1); vzeroupper"
				 : "+a"(number)
				 : "r"(halves), "D"((long)getpid()), "S"((long)SIGUSR1)
				 : "rcx", "r11", "r12", "xmm9", "memory");
	else
		__asm__ volatile("pcmpeqd %%xmm9, %%xmm9\n\t"
				 "movl $0x1212, %%r12d; syscall; movdqu %%xmm9, (%1)"
				 : "+a"(number)
				 : "r"(halves), "D"((long)getpid()), "S"((long)SIGUSR1)
				 : "rcx", "r11", "r12", "xmm9", "memory");
}

static void try(enum damage which, bool avx)
{
	bool loads = which >= MAGIC1_LOST;
	uint64_t halves[4];

	damage = which;
	nr_segv = 0;
	signal_with_ones(halves, avx);
	if (nr_segv != !loads)
		EXPECT_FAILED("damage %d: %d SIGSEGVs", which, nr_segv);
	EXPECT_EQ(halves[0], loads ? -1 : 0);
	EXPECT_EQ(halves[2], 0);
	if (loads)
		return;
	EXPECT_EQ(segv_code, SI_KERNEL);
	EXPECT_EQ(r12_seen, 0x1212);
	EXPECT_EQ(was_blocked, true);
}

TEST()
{
	struct sigaction action = { .sa_sigaction = spoil, .sa_flags = SA_SIGINFO };
	bool avx = have_xsave();
	uint64_t halves[4];

	none = map_anon(1, PROT_NONE);
	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	action.sa_sigaction = segv;
	CHECK_OK(sigaction(SIGSEGV, &action, NULL));
	for (enum damage which = 0; which < NR_DAMAGES; which++)
		if (avx || which <= RESERVED_MXCSR)
			try(which, avx);
	/* Without a handler of SIGSEGV it kills. */
	CHECK(signal(SIGSEGV, SIG_DFL) != SIG_ERR);
	damage = UNMAPPED;
	CHECK_KILLS(SIGSEGV, signal_with_ones(halves, avx));
}

// SPDX-License-Identifier: MIT
/*
 * signal_fpu_frame.c: The vector registers in a signal frame: they are there as the program had them,
 * the handler's own do not get out, and what the handler changes in the frame is what the program goes
 * on with. Software bytes tell the size of the area. SSE always, AVX where the CPU has it.
 */
#include "test.h"

#include <cpuid.h>
#include <ucontext.h>

#define MAGIC1    0x46505853U
#define MAGIC2    0x46505845U
#define AVX_STATE 4

/* At the end of FXSAVE's 512 bytes (struct _fpx_sw_bytes). */
struct software_bytes {
	uint32_t magic1, extended_size;
	uint64_t xfeatures;
	uint32_t xstate_size, padding[7];
};

static bool avx;
static unsigned avx_offset;
static bool change, no_state;
static uint8_t found[32], low[16], high[16];
static struct software_bytes software;
static uint32_t magic2, mxcsr;
static uint64_t header;

static void handler(int signo, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;
	uint8_t *area = (uint8_t *)frame->uc_mcontext.fpregs;

	(void)signo;
	(void)info;
	if (avx)
		__asm__ volatile("vpcmpeqd %%ymm9, %%ymm9, %%ymm9" : : : "xmm9");
	else
		__asm__ volatile("pcmpeqd %%xmm9, %%xmm9" : : : "xmm9");
	memcpy(&software, area + 464, sizeof(software));
	memcpy(&mxcsr, area + 24, 4);
	memcpy(found, area + 160 + 9 * 16, 16);
	if (software.magic1 == MAGIC1) {
		memcpy(&magic2, area + software.xstate_size, 4);
		memcpy(&header, area + 512, 8);
	}
	if (avx)
		memcpy(found + 16, area + avx_offset + 9 * 16, 16);
	if (change) {
		memcpy(area + 160 + 9 * 16, high, 16);
		if (avx)
			memcpy(area + avx_offset + 9 * 16, low, 16);
	}
	if (no_state)
		frame->uc_mcontext.fpregs = NULL;
}

/* Register 9 has this value when the signal comes; gives what it has afterwards. */
static void signal_with(uint8_t value[32])
{
	long pid = getpid();

	if (avx)
		__asm__ volatile("vmovdqu (%1), %%ymm9; syscall; vmovdqu %%ymm9, (%1); vzeroupper"
				 : "+a"((long){ SYS_kill })
				 : "r"(value), "D"(pid), "S"((long)SIGUSR1)
				 : "rcx", "r11", "xmm9", "memory");
	else
		__asm__ volatile("movdqu (%1), %%xmm9; syscall; movdqu %%xmm9, (%1)"
				 : "+a"((long){ SYS_kill })
				 : "r"(value), "D"(pid), "S"((long)SIGUSR1)
				 : "rcx", "r11", "xmm9", "memory");
}

static void find_avx(void)
{
	unsigned a, b, c, d, xcr0, high_half;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_AVX))
		return;
	__asm__("xgetbv" : "=a"(xcr0), "=d"(high_half) : "c"(0));
	if (!(xcr0 & AVX_STATE))
		return;
	__get_cpuid_count(0xd, 2, &a, &avx_offset, &c, &d);
	avx = true;
}

TEST()
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	uint8_t value[32], wanted[32];
	int size;

	find_avx();
	size = avx ? 32 : 16;
	CHECK_OK(sigaction(SIGUSR1, &action, NULL));
	fill_pattern(wanted, 0, 32);
	memcpy(low, wanted, 16);
	memcpy(high, wanted + 16, 16);

	memcpy(value, wanted, 32);
	signal_with(value);
	CHECK_MEM(found, wanted, size);
	CHECK_MEM(value, wanted, size);
	CHECK_EQ(mxcsr & 0xffc0, 0x1f80);
	if (avx) {
		CHECK_EQ(software.magic1, MAGIC1);
		CHECK_EQ(magic2, MAGIC2);
		CHECK_EQ(software.extended_size, software.xstate_size + 4);
		CHECK(software.xstate_size >= avx_offset + 256);
		CHECK_EQ(software.xfeatures & 7, 7);
		CHECK_EQ(header & 7, 7);
		CHECK_EQ(header & ~software.xfeatures, 0);
	}

	change = true;
	signal_with(value);
	CHECK_MEM(value, high, 16);
	if (avx)
		CHECK_MEM(value + 16, low, 16);

	/* No state at all: the program goes on with registers as they are at its start. */
	change = false;
	no_state = true;
	signal_with(value);
	CHECK_ALL(value, 0, size);
}

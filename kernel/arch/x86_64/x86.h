/* SPDX-License-Identifier: MIT */
/* Registers and instructions of the processor that C cannot name. Only for arch/x86_64. SDM vol. 3
 * and 4. */
#pragma once

#include "lib/types.h"

/* Segment selectors, in Linux's places: programs see cs and ss in signal frames. */
#define SEL_KERNEL_CS 0x10
#define SEL_KERNEL_DS 0x18
#define SEL_USER_DS   0x2b
#define SEL_USER_CS   0x33
#define SEL_USER_CS32 0x23 /* sysret's base: it takes +8 for ss, +16 for 64-bit cs */
#define SEL_TSS       0x40

#define CR0_MP (1UL << 1)
#define CR0_EM (1UL << 2)
#define CR0_TS (1UL << 3)
#define CR0_NE (1UL << 5)
#define CR0_WP (1UL << 16)
#define CR0_AM (1UL << 18)
#define CR0_NW (1UL << 29)
#define CR0_CD (1UL << 30) /* caches off, as INIT leaves them */

#define CR4_DE         (1UL << 3)
#define CR4_MCE        (1UL << 6)
#define CR4_PGE        (1UL << 7)
#define CR4_OSFXSR     (1UL << 9)
#define CR4_OSXMMEXCPT (1UL << 10)
#define CR4_UMIP       (1UL << 11)
#define CR4_FSGSBASE   (1UL << 16)
#define CR4_PCIDE      (1UL << 17)
#define CR4_OSXSAVE    (1UL << 18)
#define CR4_SMEP       (1UL << 20)
#define CR4_SMAP       (1UL << 21)

#define CR3_NO_FLUSH (1UL << 63)

#define RFLAGS_CF   (1UL << 0)
#define RFLAGS_ONE  (1UL << 1) /* always set */
#define RFLAGS_PF   (1UL << 2)
#define RFLAGS_AF   (1UL << 4)
#define RFLAGS_ZF   (1UL << 6)
#define RFLAGS_SF   (1UL << 7)
#define RFLAGS_TF   (1UL << 8)
#define RFLAGS_IF   (1UL << 9)
#define RFLAGS_DF   (1UL << 10)
#define RFLAGS_OF   (1UL << 11)
#define RFLAGS_IOPL (3UL << 12)
#define RFLAGS_NT   (1UL << 14)
#define RFLAGS_RF   (1UL << 16)
#define RFLAGS_AC   (1UL << 18)

#define MSR_APIC_BASE      0x1b
#define MSR_EFER           0xc0000080
#define MSR_STAR           0xc0000081
#define MSR_LSTAR          0xc0000082
#define MSR_CSTAR          0xc0000083
#define MSR_SYSCALL_MASK   0xc0000084
#define MSR_FS_BASE        0xc0000100
#define MSR_GS_BASE        0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102 /* the user's GS base while the kernel runs */
#define MSR_X2APIC         0x800

#define EFER_SCE (1UL << 0)
#define EFER_NXE (1UL << 11)

/* Interrupt vectors. */
#define VECTOR_DEVICE_FIRST 0x30
#define VECTOR_DEVICE_LAST  0xef
#define VECTOR_TIMER        0xf0
#define VECTOR_RESCHEDULE   0xf1
#define VECTOR_CALL         0xf2
#define VECTOR_APIC_ERROR   0xfe
#define VECTOR_SPURIOUS     0xff

enum exception {
	EXC_DIVIDE = 0,
	EXC_DEBUG = 1,
	EXC_NMI = 2,
	EXC_BREAKPOINT = 3,
	EXC_OVERFLOW = 4,
	EXC_BOUND = 5,
	EXC_UNDEFINED = 6,
	EXC_NO_FPU = 7,
	EXC_DOUBLE_FAULT = 8,
	EXC_TSS = 10,
	EXC_SEGMENT = 11,
	EXC_STACK = 12,
	EXC_PROTECTION = 13,
	EXC_PAGE_FAULT = 14,
	EXC_X87 = 16,
	EXC_ALIGNMENT = 17,
	EXC_MACHINE_CHECK = 18,
	EXC_SIMD = 19,
	EXC_CONTROL = 21,
};

struct cpuid_regs {
	u32 a, b, c, d;
};

static inline struct cpuid_regs cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid_regs r;

	__asm__ volatile("cpuid"
			 : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	__asm__ volatile("wrmsr" ::"a"((u32)v), "d"((u32)(v >> 32)), "c"(msr) : "memory");
}

#define DEFINE_CONTROL_REGISTER(name)                                                              \
	static inline u64 read_##name(void)                                                        \
	{                                                                                          \
		u64 v;                                                                             \
                                                                                                   \
		__asm__ volatile("mov %%" #name ", %0" : "=r"(v)::"memory");                       \
		return v;                                                                          \
	}                                                                                          \
	static inline void write_##name(u64 v)                                                     \
	{                                                                                          \
		__asm__ volatile("mov %0, %%" #name ::"r"(v) : "memory");                          \
	}
DEFINE_CONTROL_REGISTER(cr0)
DEFINE_CONTROL_REGISTER(cr2)
DEFINE_CONTROL_REGISTER(cr3)
DEFINE_CONTROL_REGISTER(cr4)
DEFINE_CONTROL_REGISTER(dr6)

static inline void invlpg(vaddr_t addr)
{
	__asm__ volatile("invlpg (%0)" ::"r"(addr) : "memory");
}

/* Bounds and special places of the image: linker.ld and boot/. */
extern char kernel_start[], kernel_end[], text_start[], text_end[], rodata_start[], rodata_end[],
	data_start[], data_end[], ksyms_start[], percpu_start[], percpu_end[], boot_stack_guard[],
	boot_stack_top[], user_access_start[], user_access_end[];

/* Everything in the image is linked at KERNEL_BASE + its physical address. */
#define IMAGE_PHYS(symbol) ((paddr_t)(symbol)-0xffffffff80000000UL)

/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables: what segments are left in 64-bit mode, the task-state segment with the stacks
 * for traps, the interrupt table, and the registers of the syscall instruction. SDM vol. 3,
 * chapters 3, 6 and 7.
 *
 * Double fault, NMI and machine check can strike when the stack or GS is not the kernel's. Each has
 * a stack of its own, and above the top of that stack stands this CPU's percpu_delta, so that the
 * entry code finds its per-CPU variables from there:
 *
 *	block:  | machine check: 1 page | NMI: 1 page | double fault: 2 pages |      ends each: { delta, 0 }
 */
#include "arch/x86_64/desc.h"
#include "arch/cpu.h"
#include "arch/x86_64/x86.h"

struct gate {
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_mid;
	u32 offset_high, reserved;
};

#define GATE_INTERRUPT 0x8e /* present, interrupts off on entry */
#define GATE_DPL3      0x60 /* user mode may use the int instruction for it */

static struct gate idt[256] __aligned(16);
DEFINE_PER_CPU(struct tss, tss);
static DEFINE_PER_CPU(u64, gdt[10]);
static u8 boot_ist_block[IST_BLOCK_SIZE] __aligned(4096);

u64 desc_boot_ist_block(void)
{
	return (u64)boot_ist_block;
}

static void gate_set(u32 vector, u64 entry, u32 ist, u8 type)
{
	idt[vector] = (struct gate){
		.offset_low = (u16)entry,
		.selector = SEL_KERNEL_CS,
		.ist = (u8)ist,
		.type = type,
		.offset_mid = (u16)(entry >> 16),
		.offset_high = (u32)(entry >> 32),
	};
}

static void idt_fill(void)
{
	extern const u64 exception_table[32], irq_table[224];

	for (u32 v = 0; v < 32; v++)
		gate_set(v, exception_table[v], 0, GATE_INTERRUPT);
	for (u32 v = 32; v < 256; v++)
		gate_set(v, irq_table[v - 32], 0, GATE_INTERRUPT);
	gate_set(EXC_BREAKPOINT, exception_table[EXC_BREAKPOINT], 0, GATE_INTERRUPT | GATE_DPL3);
	gate_set(EXC_OVERFLOW, exception_table[EXC_OVERFLOW], 0, GATE_INTERRUPT | GATE_DPL3);
	gate_set(EXC_DOUBLE_FAULT, exception_table[EXC_DOUBLE_FAULT], IST_DOUBLE_FAULT,
		GATE_INTERRUPT);
	gate_set(EXC_NMI, exception_table[EXC_NMI], IST_NMI, GATE_INTERRUPT);
	gate_set(EXC_MACHINE_CHECK, exception_table[EXC_MACHINE_CHECK], IST_MACHINE_CHECK,
		GATE_INTERRUPT);
}

/* The stack pointer for an interrupt stack that ends at `end`: below its { delta, 0 }. */
static u64 ist_prepare(u64 end)
{
	u64 *slot = (u64 *)end - 2;

	slot[0] = percpu_deltas[cpu_id()];
	slot[1] = 0;
	return (u64)slot;
}

static void tss_fill(struct tss *t, u64 ist_block)
{
	t->ist[IST_MACHINE_CHECK - 1] = ist_prepare(ist_block + PAGE_SIZE);
	t->ist[IST_NMI - 1] = ist_prepare(ist_block + 2 * PAGE_SIZE);
	t->ist[IST_DOUBLE_FAULT - 1] = ist_prepare(ist_block + 4 * PAGE_SIZE);
	t->io_map_base = sizeof(*t); /* no I/O ports for user mode */
}

static void gdt_fill(u64 *g, u64 tss_addr)
{
	g[1] = 0x00cf9b000000ffff; /* 32-bit kernel code: only keeps Linux's order */
	g[2] = 0x00af9b000000ffff; /* SEL_KERNEL_CS */
	g[3] = 0x00cf93000000ffff; /* SEL_KERNEL_DS */
	g[4] = 0x00cffb000000ffff; /* SEL_USER_CS32 */
	g[5] = 0x00cff3000000ffff; /* SEL_USER_DS */
	g[6] = 0x00affb000000ffff; /* SEL_USER_CS */
	g[7] = 0;
	g[8] = (sizeof(struct tss) - 1) | (tss_addr & 0xffffff) << 16 | 0x89UL << 40 |
	       (tss_addr >> 24 & 0xff) << 56;
	g[9] = tss_addr >> 32;
}

static void load_tables(const u64 *g)
{
	struct {
		u16 limit;
		u64 base;
	} __packed gdtr = { 10 * 8 - 1, (u64)g }, idtr = { sizeof(idt) - 1, (u64)idt };

	__asm__ volatile("lgdt %0; lidt %1" ::"m"(gdtr), "m"(idtr));
	/* cs by a far return; the others are 0, as user mode sees them. fs and gs keep their
	 * bases. */
	__asm__ volatile(
		"pushq %0; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1:" ::"i"(SEL_KERNEL_CS)
		: "rax", "memory");
	__asm__ volatile(
		"movl %0, %%ds; movl %0, %%es; movl %1, %%ss" ::"r"(0), "r"(SEL_KERNEL_DS));
	__asm__ volatile("ltr %w0" ::"r"(SEL_TSS));
}

static void syscall_registers(void)
{
	extern char syscall_entry[];

	wrmsr(MSR_STAR, (u64)SEL_USER_CS32 << 48 | (u64)SEL_KERNEL_CS << 32);
	wrmsr(MSR_LSTAR, (u64)syscall_entry);
	wrmsr(MSR_CSTAR, 0);
	wrmsr(MSR_SYSCALL_MASK,
		RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_IOPL | RFLAGS_NT | RFLAGS_AC);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE);
}

void desc_init_cpu(u64 ist_block)
{
	struct tss *t = this_cpu_ptr(&tss);
	u64 *g = *this_cpu_ptr(&gdt);

	if (!idt[0].type)
		idt_fill();
	tss_fill(t, ist_block);
	gdt_fill(g, (u64)t);
	load_tables(g);
	syscall_registers();
}

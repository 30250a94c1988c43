/* SPDX-License-Identifier: MIT */
/*
 * The local APIC: memory-mapped (xAPIC), or by MSRs (x2APIC) where the CPU has that. Interrupts
 * from devices come in through irq.c; who calls whom by interrupt is in smp.c.
 */
#include "arch/x86_64/apic.h"
#include "arch/boot.h"
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/mmu.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/cpufeat.h"
#include "arch/x86_64/x86.h"
#include "debug/panic.h"

enum apic_register {
	REG_ID = 0x20,
	REG_TASK_PRIORITY = 0x80,
	REG_EOI = 0xb0,
	REG_SPURIOUS = 0xf0,
	REG_ERROR_STATUS = 0x280,
	REG_ICR = 0x300,
	REG_ICR_HIGH = 0x310,
	REG_LVT_TIMER = 0x320,
	REG_LVT_LINT0 = 0x350,
	REG_LVT_LINT1 = 0x360,
	REG_LVT_ERROR = 0x370,
	REG_TIMER_INITIAL = 0x380,
	REG_TIMER_CURRENT = 0x390,
	REG_TIMER_DIVIDE = 0x3e0,
};

#define SPURIOUS_ENABLE (1u << 8)
#define LVT_MASKED      (1u << 16)
#define LVT_NMI         (4u << 8)
#define ICR_NMI         (4u << 8)
#define ICR_INIT        (5u << 8)
#define ICR_STARTUP     (6u << 8)
#define ICR_PENDING     (1u << 12)
#define ICR_ASSERT      (1u << 14)
#define ICR_ALL_OTHERS  (3u << 18)
#define DIVIDE_BY_16    3u

#define APIC_BASE_X2     (1UL << 10)
#define APIC_BASE_ENABLE (1UL << 11)
#define APIC_DEFAULT     0xfee00000UL

static volatile char *regs;
static bool x2apic;

static u32 apic_read(enum apic_register r)
{
	return x2apic ? (u32)rdmsr(MSR_X2APIC + (r >> 4)) : mmio_read32(regs + r);
}

static void apic_write(enum apic_register r, u32 v)
{
	if (x2apic)
		wrmsr(MSR_X2APIC + (r >> 4), v);
	else
		mmio_write32(regs + r, v);
}

u32 apic_id(void)
{
	u32 id = apic_read(REG_ID);

	return x2apic ? id : id >> 24;
}

void apic_eoi(void)
{
	apic_write(REG_EOI, 0);
}

/* --- interrupts to other CPUs --- */

static void icr_write(u32 target, u32 command)
{
	irqflags_t f;

	if (x2apic) {
		/* Unlike a store to memory-mapped registers, this write is not ordered behind
		 * earlier stores. */
		__asm__ volatile("mfence; lfence" ::: "memory");
		wrmsr(MSR_X2APIC + (REG_ICR >> 4), (u64)target << 32 | command);
		return;
	}
	/* Two writes, between which no interrupt handler may send something itself. */
	f = irq_save();
	while (apic_read(REG_ICR) & ICR_PENDING)
		cpu_relax();
	apic_write(REG_ICR_HIGH, target << 24);
	apic_write(REG_ICR, command);
	irq_restore(f);
}

void apic_send(u32 target, u8 vector)
{
	icr_write(target, vector | ICR_ASSERT);
}

void apic_send_init(u32 target)
{
	icr_write(target, ICR_INIT | ICR_ASSERT);
}

void apic_send_startup(u32 target, u8 page)
{
	icr_write(target, ICR_STARTUP | ICR_ASSERT | page);
}

void apic_send_nmi_others(void)
{
	/* A panic may come before there is an APIC. */
	if (regs || x2apic)
		icr_write(0, ICR_NMI | ICR_ASSERT | ICR_ALL_OTHERS);
}

/* --- timer --- */

void apic_timer_set(u32 count)
{
	apic_write(REG_TIMER_INITIAL, count);
}

u32 apic_timer_get(void)
{
	return apic_read(REG_TIMER_CURRENT);
}

/* --- set-up --- */

void apic_init_cpu(void)
{
	u64 base = rdmsr(MSR_APIC_BASE) | APIC_BASE_ENABLE;

	wrmsr(MSR_APIC_BASE, x2apic ? base | APIC_BASE_X2 : base);
	apic_write(REG_TASK_PRIORITY, 0);
	apic_write(REG_LVT_TIMER, VECTOR_TIMER); /* one-shot */
	apic_write(REG_TIMER_DIVIDE, DIVIDE_BY_16);
	apic_write(REG_TIMER_INITIAL, 0);
	apic_write(REG_LVT_LINT0, LVT_MASKED);
	apic_write(REG_LVT_LINT1, LVT_NMI);
	apic_write(REG_LVT_ERROR, VECTOR_APIC_ERROR);
	apic_write(REG_ERROR_STATUS, 0);
	apic_write(REG_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
}

/* The two 8259s: initialised, because their vectors would be exceptions', then masked for ever. */
static void pic_disable(void)
{
	static const struct {
		u16 port;
		u8 value;
	} steps[] = { { 0x20, 0x11 }, { 0xa0, 0x11 }, { 0x21, 0x20 }, { 0xa1, 0x28 }, { 0x21, 4 },
		{ 0xa1, 2 }, { 0x21, 1 }, { 0xa1, 1 }, { 0x21, 0xff }, { 0xa1, 0xff } };

	for (u32 i = 0; i < ARRAY_SIZE(steps); i++)
		outb(steps[i].port, steps[i].value);
}

void apic_init(void)
{
	paddr_t addr = acpi_info.lapic_addr ? acpi_info.lapic_addr : APIC_DEFAULT;

	x2apic = cpu_features.x2apic;
	if (!x2apic) {
		regs = mmu_map_device(addr, PAGE_SIZE);
		if (!regs)
			panic("no memory to map the local APIC");
	}
	pic_disable();
	apic_init_cpu();
}

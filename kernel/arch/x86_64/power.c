/* SPDX-License-Identifier: MIT */
/* Off, again, or never more. ACPI Specification 6.4, sections 4.8.3.2 (sleep control) and 4.8.3.6
 * (reset register). */
#include "arch/clock.h"
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/mmu.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/x86.h"
#include "debug/printk.h"

#define PM1_SCI_ENABLED  (1u << 0)
#define PM1_SLEEP_ENABLE (1u << 13)

static void wait_a_little(void)
{
	nsec_t end = clock_now() + 50 * NSEC_PER_MSEC;

	while (clock_now() < end)
		cpu_relax();
}

void machine_halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

/* The sleep registers work in ACPI mode only; most firmware is in it already. */
static void enter_acpi_mode(void)
{
	if (!acpi_info.smi_command || !acpi_info.acpi_enable)
		return;
	if (inw(acpi_info.pm1a_control) & PM1_SCI_ENABLED)
		return;
	outb(acpi_info.smi_command, acpi_info.acpi_enable);
	for (u32 i = 0; i < 100000 && !(inw(acpi_info.pm1a_control) & PM1_SCI_ENABLED); i++)
		cpu_relax();
}

void machine_power_off(void)
{
	irq_disable();
	if (acpi_info.has_s5 && acpi_info.pm1a_control) {
		enter_acpi_mode();
		outw(acpi_info.pm1a_control, (u16)(acpi_info.s5_type_a << 10 | PM1_SLEEP_ENABLE));
		if (acpi_info.pm1b_control)
			outw(acpi_info.pm1b_control,
				(u16)(acpi_info.s5_type_b << 10 | PM1_SLEEP_ENABLE));
		wait_a_little();
	}
	pr_err("It is now safe to switch this machine off.");
	machine_halt();
}

static void reset_by_acpi(void)
{
	volatile u8 *reg;

	if (!acpi_info.reset.addr)
		return;
	if (acpi_info.reset.is_memory) {
		reg = mmu_map_device(acpi_info.reset.addr, 1);
		if (reg)
			mmio_write8(reg, acpi_info.reset_value);
	} else {
		outb((u16)acpi_info.reset.addr, acpi_info.reset_value);
	}
	wait_a_little();
}

static void reset_by_keyboard(void)
{
	for (u32 i = 0; i < 100000 && (inb(0x64) & 2); i++)
		cpu_relax();
	outb(0x64, 0xfe);
	wait_a_little();
}

void machine_restart(void)
{
	struct {
		u16 limit;
		u64 base;
	} __packed no_idt = { 0, 0 };

	irq_disable();
	reset_by_acpi();
	reset_by_keyboard();
	/* An exception without a table for it: triple fault. */
	__asm__ volatile("lidt %0; int3" ::"m"(no_idt));
	machine_halt();
}

/* SPDX-License-Identifier: MIT */
/* What ACPI's tables tell about the machine: processors, interrupt controllers, the timer, how to
 * power off. Only for arch/x86_64. ACPI Specification 6.4, chapter 5. */
#pragma once

#include "lib/types.h"

#define ACPI_MAX_IOAPICS 8
#define ACPI_NR_ISA      16

struct acpi_ioapic {
	paddr_t addr;
	u32 gsi_base;
};

/* Where an ISA interrupt arrives. */
struct acpi_isa_line {
	u32 gsi;
	bool active_low, level;
};

struct acpi_register {
	paddr_t addr; /* or port; 0: there is none */
	bool is_memory;
};

struct acpi_info {
	u32 nr_cpus;
	u32 cpu_apic_ids[NR_CPUS]; /* enabled processors in the table's order */
	paddr_t lapic_addr;        /* 0: the architectural one */
	u32 nr_ioapics;
	struct acpi_ioapic ioapics[ACPI_MAX_IOAPICS];
	struct acpi_isa_line isa[ACPI_NR_ISA];
	u16 pm_timer_port; /* 0: none */
	bool pm_timer_32bit;
	u16 pm1a_control, pm1b_control;
	u16 smi_command;
	u8 acpi_enable;
	bool has_s5;
	u8 s5_type_a, s5_type_b;
	struct acpi_register reset;
	u8 reset_value;
};
extern struct acpi_info acpi_info;

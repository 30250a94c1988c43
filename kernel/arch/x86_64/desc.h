/* SPDX-License-Identifier: MIT */
/* Descriptor tables of a CPU: GDT, TSS with its interrupt stacks, IDT, and the system-call
 * registers. Only for arch/x86_64. */
#pragma once

#include "arch/percpu.h"
#include "lib/types.h"

struct tss {
	u32 reserved0;
	u64 rsp0; /* where traps from user mode, and system calls, put their trapframe */
	u64 rsp1, rsp2, reserved1;
	u64 ist[7]; /* ist[0] is IST 1 */
	u64 reserved2;
	u16 reserved3, io_map_base;
} __packed;

DECLARE_PER_CPU(struct tss, tss);

/* Interrupt stacks: IST numbers. */
#define IST_DOUBLE_FAULT  1
#define IST_NMI           2
#define IST_MACHINE_CHECK 3
/* The three are cut out of one block of this size. */
#define IST_BLOCK_SIZE (4 * PAGE_SIZE)

/* Makes and loads this CPU's tables; ist_block: the lowest address of its interrupt stacks. */
void desc_init_cpu(u64 ist_block);
/* The boot CPU's block. */
u64 desc_boot_ist_block(void);

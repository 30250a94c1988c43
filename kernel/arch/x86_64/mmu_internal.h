/* SPDX-License-Identifier: MIT */
/* Shared by the files about page tables and the TLB in arch/x86_64. */
#pragma once

#include "arch/mmu.h"

#define PT_ENTRIES 512
#define PT_LEVELS  4

/* Bits of an address that one entry of a level spans. Level 1 holds leaves, level 4 is the root. */
static inline u32 level_shift(u32 level)
{
	return 12 + 9 * (level - 1);
}

static inline u64 level_size(u32 level)
{
	return 1UL << level_shift(level);
}

static inline u32 level_index(vaddr_t addr, u32 level)
{
	return addr >> level_shift(level) & (PT_ENTRIES - 1);
}

static inline pte_t *table_of(pte_t entry)
{
	return phys_to_virt(entry & X86_PTE_ADDR);
}

/* The upper half of every root: the kernel's, copied when the root is made and never changed. */
#define KERNEL_SLOT_FIRST 256

/* Where mmu_map_device() places things. */
#define DEVICE_AREA_BASE 0xffffca0000000000UL
#define DEVICE_AREA_END  0xffffca8000000000UL

/* tlb.c: this CPU begins on kernel_mmu, whose root has just been loaded. */
void tlb_init_cpu(void);
/* tlb.c: no CPU has this address space loaded any more when it returns. => interrupts enabled */
void tlb_evict(struct mmu *mmu);

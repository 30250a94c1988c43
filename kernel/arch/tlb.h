/* SPDX-License-Identifier: MIT */
/*
 * TLB shootdown. A call returns only when no CPU can use the old translations any more (SDM vol. 3,
 * 4.10.5), so what they named may be freed. Idle CPUs and kernel threads are told by mmu->tlb_gen
 * and flush when they come back.
 *
 * => interrupts enabled, no irqsave lock held; spinlocks of rank up to 60 may be held
 */
#pragma once

#include "arch/mmu.h"

/* [start, end) of this address space; tables_freed: paging-structure caches as well. */
void tlb_flush_range(struct mmu *mmu, vaddr_t start, vaddr_t end, bool tables_freed);
void tlb_flush_all(struct mmu *mmu);
/* Only this CPU's entry: enough after a fault that widened rights. */
void tlb_flush_page_local(vaddr_t addr);
/* All of the loaded address space, on this CPU only. For a planted bug (mm/plant.h). */
void tlb_flush_all_local(void);
/* Counters for /proc/vmstat and tests. */
extern u64 tlb_nr_shootdowns, tlb_nr_ipis;

// SPDX-License-Identifier: MIT
/* The kernel's own page tables, walked entry by entry: what no mapping of the kernel's half may
 * permit. */
#include "arch/cpu.h"
#include "arch/mmu.h"
#include "arch/smp.h"
#include "arch/x86_64/boot_internal.h"
#include "arch/x86_64/cpufeat.h"
#include "arch/x86_64/mmu_internal.h"
#include "arch/x86_64/x86.h"
#include "debug/ktest.h"
#include "mm/kstack.h"
#include "mm/page.h"
#include "sched/thread.h"

/* What the entries from the root down to a leaf permit together. */
struct rights {
	bool write, user, exec;
};

struct leaves {
	void (*look)(vaddr_t addr, pte_t leaf, u32 level, struct rights r);
};

static vaddr_t canonical(vaddr_t addr)
{
	return (u64)((s64)(addr << 16) >> 16);
}

static void for_each_leaf_below(const struct leaves *l, const pte_t *table, u32 level, vaddr_t base,
	u32 first, struct rights above)
{
	for (u32 i = first; i < PT_ENTRIES; i++) {
		pte_t e = pte_get(&table[i]);
		vaddr_t addr = canonical(base + i * level_size(level));
		struct rights r = {
			.write = above.write && (e & X86_PTE_W),
			.user = above.user && (e & X86_PTE_U),
			.exec = above.exec && !(e & X86_PTE_NX),
		};

		if (!(e & X86_PTE_P))
			continue;
		if (level == 1 || (e & X86_PTE_PS))
			l->look(addr, e, level, r);
		else
			for_each_leaf_below(l, table_of(e), level - 1, addr, 0, r);
	}
}

static void for_each_leaf(void (*look)(vaddr_t addr, pte_t leaf, u32 level, struct rights r))
{
	struct leaves l = { look };

	for_each_leaf_below(&l, phys_to_virt(kernel_mmu.root), PT_LEVELS, 0, 0,
		(struct rights){ true, true, true });
}

static u64 nr_leaves, nr_exec, direct_bytes, direct_large_bytes;

static void check_leaf(vaddr_t addr, pte_t leaf, u32 level, struct rights r)
{
	(void)leaf;
	nr_leaves++;
	KCHECK(addr >= DIRECT_MAP_BASE); /* nothing in the user's half */
	KCHECK(!r.user);
	KCHECK(!r.write || !r.exec);
	if (r.exec) {
		nr_exec++;
		KCHECK(addr >= (u64)text_start &&
			addr + level_size(level) <= page_align_up((u64)text_end));
	}
	if (addr >= DIRECT_MAP_BASE && addr < KSTACK_AREA_BASE) {
		direct_bytes += level_size(level);
		direct_large_bytes += level > 1 ? level_size(level) : 0;
	}
}

KTEST(mmu_kernel_mappings_are_w_xor_x)
{
	nr_leaves = nr_exec = direct_bytes = direct_large_bytes = 0;
	for_each_leaf(check_leaf);
	KCHECK(nr_leaves > 10 && nr_exec > 0);
	/* Large pages, but for the edges of the regions and of the image. */
	KCHECK(direct_bytes >= MIB(16) && direct_bytes - direct_large_bytes < MIB(16));
}

/* Is a frame of the kernel's text or constants writable under another address? */
static void check_alias(vaddr_t addr, pte_t leaf, u32 level, struct rights r)
{
	paddr_t start = leaf & X86_PTE_ADDR & ~(level_size(level) - 1),
		end = start + level_size(level);

	(void)addr;
	KCHECK(!r.write || end <= virt_to_phys(text_start) || start >= virt_to_phys(rodata_end));
}

KTEST(mmu_text_has_no_writable_alias)
{
	for_each_leaf(check_alias);
}

KTEST(mmu_guard_pages)
{
	u64 stack = kstack_alloc();

	KCHECK(stack && pt_kernel_mapped(stack) && pt_kernel_mapped(stack + KSTACK_SIZE - 1));
	KCHECK(!pt_kernel_mapped(stack - 1) && kstack_is_guard(stack - 1));
	KCHECK(!pt_kernel_mapped(stack + KSTACK_SIZE));
	kstack_free(stack);
	KCHECK(!pt_kernel_mapped((vaddr_t)boot_stack_guard));
	KCHECK(!pt_kernel_mapped(0) && !pt_kernel_mapped(MIB(1)));
}

static u32 cpus_wrong;

static void check_registers(void *unused)
{
	u64 cr4 = read_cr4();

	(void)unused;
	if (!(read_cr0() & CR0_WP) || !(rdmsr(MSR_EFER) & EFER_NXE) ||
		(cpu_features.smep && !(cr4 & CR4_SMEP)) ||
		(cpu_features.smap && !(cr4 & CR4_SMAP)) ||
		(cpu_features.umip && !(cr4 & CR4_UMIP)))
		__atomic_fetch_add(&cpus_wrong, 1, __ATOMIC_RELAXED);
}

KTEST(mmu_protections_are_on)
{
	cpus_wrong = 0;
	check_registers(NULL);
	smp_call(cpus_online, check_registers, NULL);
	KCHECK(!cpus_wrong);
}

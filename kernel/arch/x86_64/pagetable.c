/* SPDX-License-Identifier: MIT */
/*
 * Page tables of user address spaces: four levels of 512 entries (SDM vol. 3, 4.5). Finding and
 * making the leaf entry of an address, walking what exists, taking tables away. What the leaves say
 * is mm/'s business.
 *
 *	root (level 4) -> level 3 -> level 2 -> level 1: leaves
 *	entries 0..255 of the root are the user's, 256..511 the kernel's, the same in all roots (mmu.c)
 *
 * Lock: the caller's page-table lock. Tables are unlinked here, but freed by the caller behind its
 * TLB flush, because another CPU may be walking them.
 */
#include "arch/mmu.h"
#include "arch/user.h"
#include "arch/x86_64/mmu_internal.h"
#include "debug/assert.h"
#include "lib/err.h"
#include "lib/string.h"
#include "mm/page.h"

/* A table's entry gives all rights: the leaf decides. */
#define USER_TABLE_FLAGS (X86_PTE_P | X86_PTE_W | X86_PTE_U | X86_PTE_A)

/* --- life --- */

int mmu_init(struct mmu *mmu)
{
	static u64 next_id = 1;
	struct page *p = page_alloc(PAGE_ZEROED);
	pte_t *root, *kernel = phys_to_virt(kernel_mmu.root);

	if (!p)
		return -ENOMEM;
	page_mark_table(p);
	root = page_address(p);
	memcpy(root + KERNEL_SLOT_FIRST, kernel + KERNEL_SLOT_FIRST,
		(PT_ENTRIES - KERNEL_SLOT_FIRST) * sizeof(pte_t));
	mmu->root = page_to_phys(p);
	mmu->cpus = 0;
	atomic64_set(&mmu->tlb_gen, 1);
	mmu->nr_tables = 1;
	mmu->id = __atomic_fetch_add(&next_id, 1, __ATOMIC_RELAXED);
	return 0;
}

/* Frees a table and all below it. */
static void free_subtree(paddr_t table, u32 level, u32 nr_entries)
{
	const pte_t *entries = phys_to_virt(table);

	for (u32 i = 0; level > 1 && i < nr_entries; i++)
		if (entries[i] & X86_PTE_P)
			free_subtree(entries[i] & X86_PTE_ADDR, level - 1, PT_ENTRIES);
	page_put(pfn_to_page(table >> PAGE_SHIFT));
}

void mmu_destroy(struct mmu *mmu)
{
	tlb_evict(mmu);
	free_subtree(mmu->root, PT_LEVELS, KERNEL_SLOT_FIRST);
	mmu->root = 0;
}

/* --- one address --- */

pte_t *pt_find(struct mmu *mmu, vaddr_t addr)
{
	pte_t *table = phys_to_virt(mmu->root);

	for (u32 level = PT_LEVELS; level > 1; level--) {
		pte_t e = pte_get(&table[level_index(addr, level)]);

		if (!(e & X86_PTE_P))
			return NULL;
		table = table_of(e);
	}
	return &table[level_index(addr, 1)];
}

/* Makes the table that `entry` is to point to: false if memory ran out. */
static bool __noinline table_add(struct mmu *mmu, pte_t *entry)
{
	struct page *p = page_alloc(PAGE_ZEROED | PAGE_NOWAIT);

	if (!p)
		return false;
	page_mark_table(p);
	mmu->nr_tables++;
	pte_set(entry, page_to_phys(p) | USER_TABLE_FLAGS);
	return true;
}

pte_t *pt_alloc(struct mmu *mmu, vaddr_t addr)
{
	pte_t *table = phys_to_virt(mmu->root);

	for (u32 level = PT_LEVELS; level > 1; level--) {
		pte_t *e = &table[level_index(addr, level)];

		if (unlikely(!(pte_get(e) & X86_PTE_P)) && !table_add(mmu, e))
			return NULL;
		table = table_of(pte_get(e));
	}
	return &table[level_index(addr, 1)];
}

/* --- ranges --- */

bool pt_next_span(struct mmu *mmu, vaddr_t addr, vaddr_t end, struct pt_span *span)
{
	while (addr < end) {
		pte_t *table = phys_to_virt(mmu->root);
		u32 level = PT_LEVELS;
		vaddr_t next;
		pte_t e;

		for (; level > 1; level--) {
			e = pte_get(&table[level_index(addr, level)]);
			if (!(e & X86_PTE_P))
				break;
			table = table_of(e);
		}
		if (level == 1) {
			next = min(ALIGN_DOWN(addr, level_size(2)) + level_size(2), end);
			span->pte = &table[level_index(addr, 1)];
			span->addr = addr;
			span->nr = (page_align_up(next) - addr) >> PAGE_SHIFT;
			return true;
		}
		addr = ALIGN_DOWN(addr, level_size(level)) + level_size(level);
	}
	return false;
}

/* What pt_free_tables() is about. */
struct table_cut {
	struct mmu *mmu;
	vaddr_t floor,
		ceiling; /* nothing is mapped here outside of the range but inside of these */
	void (*free_table)(void *arg, pfn_t table);
	void *arg;
};

/*
 * Below `table` of this level, which spans addresses from `base` on, unlinks every table that meets
 * [start, end) and lies within [floor, ceiling) in full.
 */
static void cut_tables(
	struct table_cut *c, pte_t *table, u32 level, vaddr_t base, vaddr_t start, vaddr_t end)
{
	u64 size = level_size(level);
	vaddr_t from = max(start, base), to = min(end, base + size * PT_ENTRIES);

	for (vaddr_t a = ALIGN_DOWN(from, size); a < to; a += size) {
		pte_t *e = &table[level_index(a, level)];

		if (!(*e & X86_PTE_P))
			continue;
		if (level > 2)
			cut_tables(c, table_of(*e), level - 1, a, start, end);
		if (a < c->floor || a + size > c->ceiling)
			continue;
		c->free_table(c->arg, (*e & X86_PTE_ADDR) >> PAGE_SHIFT);
		c->mmu->nr_tables--;
		pte_set(e, 0);
	}
}

void pt_free_tables(struct mmu *mmu, vaddr_t start, vaddr_t end, vaddr_t floor, vaddr_t ceiling,
	void (*free_table)(void *arg, pfn_t table), void *arg)
{
	struct table_cut c = { mmu, floor, ceiling, free_table, arg };

	debug_assert(floor <= start && end <= ceiling);
	/* The last page of the user half is nobody's, so its tables may be judged as if the half
	 * ended at 2^47. */
	if (ceiling == USER_END)
		c.ceiling = 1UL << 47;
	cut_tables(&c, phys_to_virt(mmu->root), PT_LEVELS, 0, start, min(end, USER_END));
}

/* --- looking --- */

static void visit_tables(
	paddr_t table, u32 level, u32 nr_entries, void (*fn)(void *arg, pfn_t table), void *arg)
{
	const pte_t *entries = phys_to_virt(table);

	fn(arg, table >> PAGE_SHIFT);
	for (u32 i = 0; level > 1 && i < nr_entries; i++) {
		pte_t e = pte_get(&entries[i]);

		if ((e & X86_PTE_P) && !(e & X86_PTE_PS))
			visit_tables(e & X86_PTE_ADDR, level - 1, PT_ENTRIES, fn, arg);
	}
}

void pt_for_each_table(struct mmu *mmu, void (*fn)(void *arg, pfn_t table), void *arg)
{
	visit_tables(mmu->root, PT_LEVELS, KERNEL_SLOT_FIRST, fn, arg);
}

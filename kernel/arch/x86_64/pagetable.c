/* SPDX-License-Identifier: MIT */
/*
 * Page tables of user address spaces: four levels of 512 entries (SDM vol. 3, 4.5). Finding and
 * making the leaf entry of an address, walking what exists, taking tables away. What the leaves say
 * is mm/'s business.
 *
 *	root (level 4) -> level 3 -> level 2 -> level 1: leaves
 *	entries 0..255 of the root are the user's, 256..511 the kernel's, the same in all roots (mmu.c)
 *
 * A leaf of level 2 or 3 (X86_PTE_PS) maps 2 MiB or 1 GiB at once. Whoever asks for the entry of a
 * page or walks a range never sees one: it is split into the next level's 512 leaves on the way. So
 * that this cannot fail, the tables that splitting takes are put aside when the leaf is made.
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

/* A table's entry gives all rights: the leaf decides. Nothing, the CPU included, ever changes these
 * bits, and a large leaf has X86_PTE_PS besides. So one byte tells what an entry is. */
#define USER_TABLE_FLAGS (X86_PTE_P | X86_PTE_W | X86_PTE_U | X86_PTE_A)

/* Does the entry point to a table? (Else it is empty, or a large leaf.) */
static inline bool is_table(pte_t e)
{
	return (u8)e == USER_TABLE_FLAGS;
}

/* The table that it points to, and in that, which is of this level, the entry of addr. */
static inline pte_t *table_below(pte_t e)
{
	return phys_to_virt(e - USER_TABLE_FLAGS);
}

static inline pte_t *entry_below(pte_t e, vaddr_t addr, u32 level)
{
	return &table_below(e)[level_index(addr, level)];
}

/* --- life --- */

int mmu_init(struct mmu *mmu)
{
	static u64 next_id = 1;
	struct page *p = page_alloc(0);
	pte_t *root, *kernel = phys_to_virt(kernel_mmu.root);

	if (!p)
		return -ENOMEM;
	page_mark_table(p);
	root = page_address(p);
	memset(root, 0, KERNEL_SLOT_FIRST * sizeof(pte_t));
	memcpy(root + KERNEL_SLOT_FIRST, kernel + KERNEL_SLOT_FIRST,
		(PT_ENTRIES - KERNEL_SLOT_FIRST) * sizeof(pte_t));
	mmu->root = page_to_phys(p);
	mmu->cpus = 0;
	atomic64_set(&mmu->tlb_gen, 1);
	mmu->nr_tables = 1;
	mmu->spare_tables = 0;
	mmu->id = __atomic_fetch_add(&next_id, 1, __ATOMIC_RELAXED);
	return 0;
}

/* Frees a table and all below it. */
static void free_subtree(paddr_t table, u32 level, u32 nr_entries)
{
	const pte_t *entries = phys_to_virt(table);
	u64 i = level > 1 ? pt_count_empty(entries, nr_entries) : nr_entries;

	for (; i < nr_entries; i += 1 + pt_count_empty(&entries[i + 1], nr_entries - i - 1))
		if (is_table(entries[i]))
			free_subtree(entries[i] & X86_PTE_ADDR, level - 1, PT_ENTRIES);
	page_put(pfn_to_page(table >> PAGE_SHIFT));
}

void mmu_destroy(struct mmu *mmu)
{
	tlb_evict(mmu);
	assert(!mmu->spare_tables); /* no large leaf is left */
	free_subtree(mmu->root, PT_LEVELS, KERNEL_SLOT_FIRST);
	mmu->root = 0;
}

/* --- large leaves --- */

/* Tables put aside are chained by their first words; they count as tables from the beginning. */
static bool spare_add(struct mmu *mmu)
{
	struct page *p = page_alloc(PAGE_NOWAIT);

	if (!p)
		return false;
	page_mark_table(p);
	mmu->nr_tables++;
	*(paddr_t *)page_address(p) = mmu->spare_tables;
	mmu->spare_tables = page_to_phys(p);
	return true;
}

static paddr_t spare_take(struct mmu *mmu)
{
	paddr_t table = mmu->spare_tables;

	assert(table);
	mmu->spare_tables = *(paddr_t *)phys_to_virt(table);
	return table;
}

static void spare_free(struct mmu *mmu, u32 nr)
{
	while (nr--) {
		page_put(pfn_to_page(spare_take(mmu) >> PAGE_SHIFT));
		mmu->nr_tables--;
	}
}

/* The i-th leaf of the next level that a leaf of this one stands for. */
static pte_t part_of(pte_t leaf, u32 level, u64 i)
{
	pte_t part = leaf + i * level_size(level - 1);

	return level > 2 ? part : part & ~X86_PTE_PS;
}

/* Replaces a large leaf by a table of smaller ones that map the same. Nothing is to be flushed: a
 * TLB may hold both, until what changes a part flushes it (INVLPG drops the large one too). */
static void __noinline split_leaf(struct mmu *mmu, pte_t *entry, u32 level)
{
	paddr_t table = spare_take(mmu);
	pte_t *parts = phys_to_virt(table), leaf = pte_get(entry);

	do { /* again if the CPU set A or D meanwhile */
		for (u32 i = 0; i < PT_ENTRIES; i++)
			parts[i] = part_of(leaf, level, i);
	} while (!__atomic_compare_exchange_n(
		entry, &leaf, table | USER_TABLE_FLAGS, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
}

/* How many tables it takes to split a leaf of this level into pages. */
static u32 tables_below_leaf(u32 level)
{
	return level > 2 ? 1 + PT_ENTRIES : 1;
}

/* --- one address --- */

/* The leaf entry of addr if all tables are there, which is nearly always so: NULL if not. */
static inline pte_t *find(struct mmu *mmu, vaddr_t addr)
{
	pte_t *root = phys_to_virt(mmu->root);
	pte_t e = pte_get(&root[level_index(addr, 4)]);

	if (!is_table(e) || !is_table(e = pte_get(entry_below(e, addr, 3))) ||
		!is_table(e = pte_get(entry_below(e, addr, 2))))
		return NULL;
	return entry_below(e, addr, 1);
}

pte_t *pt_find(struct mmu *mmu, vaddr_t addr)
{
	return find(mmu, addr);
}

pte_t pt_look(struct mmu *mmu, vaddr_t addr)
{
	pte_t *table = phys_to_virt(mmu->root);
	u32 level = PT_LEVELS;
	pte_t e;

	for (;; level--) {
		e = pte_get(&table[level_index(addr, level)]);
		if (level == 1 || !is_table(e))
			break;
		table = table_below(e);
	}
	for (; !pte_none(e) && level > 1; level--)
		e = part_of(e, level, level_index(addr, level - 1));
	return e;
}

/* Makes the table that `entry` is to point to: false if memory ran out. */
static bool __noinline table_add(struct mmu *mmu, pte_t *entry)
{
	struct page *p = page_alloc_table();

	if (!p)
		return false;
	mmu->nr_tables++;
	pte_set(entry, page_to_phys(p) | USER_TABLE_FLAGS);
	return true;
}

/* The entry of addr at this level, with the tables above it: NULL if memory ran out. */
static pte_t *make_entry(struct mmu *mmu, vaddr_t addr, u32 to_level)
{
	pte_t *table = phys_to_virt(mmu->root);

	for (u32 level = PT_LEVELS; level > to_level; level--) {
		pte_t *e = &table[level_index(addr, level)];

		if (unlikely(!is_table(pte_get(e)))) {
			if (!pte_none(pte_get(e)))
				split_leaf(mmu, e, level);
			else if (!table_add(mmu, e))
				return NULL;
		}
		table = table_below(pte_get(e));
	}
	return &table[level_index(addr, to_level)];
}

pte_t *pt_alloc(struct mmu *mmu, vaddr_t addr)
{
	pte_t *leaf = find(mmu, addr);

	return leaf ? leaf : make_entry(mmu, addr, 1);
}

int pt_map_large(struct mmu *mmu, vaddr_t addr, u32 level, pte_t pte)
{
	u32 nr = 0, wanted = tables_below_leaf(level);
	pte_t *e = make_entry(mmu, addr, level);

	assert((level == 2 || level == 3) && IS_ALIGNED(addr, level_size(level)) &&
		IS_ALIGNED(pte_pfn(pte) << PAGE_SHIFT, level_size(level)));
	if (!e)
		return -ENOMEM;
	if (!pte_none(pte_get(e)))
		return -EEXIST;
	while (nr < wanted && spare_add(mmu))
		nr++;
	if (nr < wanted) {
		spare_free(mmu, nr);
		return -ENOMEM;
	}
	pte_set(e, pte | X86_PTE_PS);
	return 0;
}

/* --- ranges --- */

u64 pt_count_empty(const pte_t *entries, u64 nr)
{
	u64 i = 0;

	/* four at once, then one by one to the exact place */
	while (i + 4 <= nr && !(pte_get(&entries[i]) | pte_get(&entries[i + 1]) |
				      pte_get(&entries[i + 2]) | pte_get(&entries[i + 3])))
		i += 4;
	while (i < nr && pte_none(pte_get(&entries[i])))
		i++;
	return i;
}

/* The entry of addr: the leaf (*level 1), or the empty one of the highest level. */
static inline pte_t *lowest_entry(struct mmu *mmu, vaddr_t addr, u32 *level)
{
	pte_t *table = phys_to_virt(mmu->root), *e;

	for (*level = PT_LEVELS; *level > 1; --*level) {
		e = &table[level_index(addr, *level)];
		if (unlikely(!is_table(pte_get(e)))) {
			if (pte_none(pte_get(e)))
				return e;
			split_leaf(mmu, e, *level);
		}
		table = table_below(pte_get(e));
	}
	return &table[level_index(addr, 1)];
}

/* Entries of a table of this level from addr's on, up to its end or to the one with end - 1. */
static inline u64 entries_left(vaddr_t addr, vaddr_t end, u32 level)
{
	u32 i = level_index(addr, level);
	u64 wanted = ((end - 1) >> level_shift(level)) - (addr >> level_shift(level)) + 1;

	return min(wanted, (u64)(PT_ENTRIES - i));
}

/* The entry e of this level for addr is empty: where the table's next one begins that is not, or
 * the next table; or an address behind end. */
static inline vaddr_t skip_empty(const pte_t *e, u32 level, vaddr_t addr, vaddr_t end)
{
	addr = ALIGN_DOWN(addr, level_size(level)) + level_size(level);
	if (addr < end && page_offset_in((u64)++e))
		addr += pt_count_empty(e, entries_left(addr, end, level)) * level_size(level);
	return addr;
}

/* There is no table for span->addr: the first leaf behind it that has one becomes the span's first
 * entry. False: none below end. */
static bool __noinline seek_leaf(struct mmu *mmu, vaddr_t end, struct pt_span *span)
{
	while (span->addr < end) {
		u32 level;
		pte_t *e = lowest_entry(mmu, span->addr, &level);

		if (level == 1) {
			span->pte = e;
			return true;
		}
		span->addr = skip_empty(e, level, span->addr, end);
	}
	return false;
}

bool pt_next_span(struct mmu *mmu, vaddr_t addr, vaddr_t end, struct pt_span *span)
{
	vaddr_t next;

	if (addr >= end)
		return false;
	span->addr = addr;
	span->pte = find(mmu, addr);
	if (!span->pte && !seek_leaf(mmu, end, span))
		return false;
	next = min(ALIGN_DOWN(span->addr, level_size(2)) + level_size(2), end);
	span->nr = (page_align_up(next) - span->addr) >> PAGE_SHIFT;
	return true;
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
	u32 i = level_index(from, level);
	u64 nr = i + entries_left(from, to, level);

	for (; (i += pt_count_empty(&table[i], nr - i)) < nr; i++) {
		vaddr_t a = base + i * size;
		pte_t e = table[i];

		assert(is_table(e)); /* whoever emptied it has split it */
		if (level > 2)
			cut_tables(c, table_below(e), level - 1, a, start, end);
		if (a < c->floor || a + size > c->ceiling)
			continue;
		c->free_table(c->arg, (e & X86_PTE_ADDR) >> PAGE_SHIFT);
		c->mmu->nr_tables--;
		pte_set(&table[i], 0);
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

		if (is_table(e))
			visit_tables(e & X86_PTE_ADDR, level - 1, PT_ENTRIES, fn, arg);
	}
}

void pt_for_each_table(struct mmu *mmu, void (*fn)(void *arg, pfn_t table), void *arg)
{
	visit_tables(mmu->root, PT_LEVELS, KERNEL_SLOT_FIRST, fn, arg);
}

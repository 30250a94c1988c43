/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own half of the address space: the final tables made at boot, and mappings made
 * later.
 *
 *	0xffff888000000000  direct map: all RAM (DIRECT_MAP_BASE), large pages, never executable
 *	0xffffc90000000000  kernel stacks (KSTACK_AREA_BASE): mm/kstack.c
 *	0xffffca0000000000  device registers (DEVICE_AREA_BASE)
 *	0xffffffff80000000  the image (KERNEL_BASE): text R-X, constants R--, data RW-
 *
 * Every slot of the root that these areas need is filled at boot and never again, so that the roots
 * of user address spaces may copy the upper half once. No frame is writable here and executable
 * there: the direct map shows the kernel's text and constants read-only.
 *
 * Lock: kernel_pt_lock, for mappings made after boot.
 */
#include "arch/mmu.h"
#include "arch/bootinfo.h"
#include "arch/x86_64/boot_internal.h"
#include "arch/x86_64/cpufeat.h"
#include "arch/x86_64/mmu_internal.h"
#include "arch/x86_64/x86.h"
#include "debug/panic.h"
#include "debug/printk.h"
#include "lib/err.h"
#include "lib/format.h"
#include "mm/page.h"
#include "sync/spinlock.h"

#define PTE_PWT       (1UL << 3)
#define PTE_PCD       (1UL << 4)
#define TABLE_FLAGS   (X86_PTE_P | X86_PTE_W | X86_PTE_A)
#define KERNEL_R      (X86_PTE_P | X86_PTE_A | X86_PTE_D | X86_PTE_G | X86_PTE_NX)
#define KERNEL_RW     (KERNEL_R | X86_PTE_W)
#define KERNEL_RX     (KERNEL_R & ~X86_PTE_NX)
#define KERNEL_DEVICE (KERNEL_RW | PTE_PCD | PTE_PWT)

struct mmu kernel_mmu;
static struct spinlock kernel_pt_lock = SPINLOCK_INIT(kernel_pt_lock, RANK_PAGETABLE);
static vaddr_t device_next = DEVICE_AREA_BASE; /* kernel_pt_lock */

/* --- kernel tables --- */

/* A zeroed table for the kernel's half, or 0. */
static paddr_t table_alloc(void)
{
	struct page *p;

	if (!boot_alloc_is_closed())
		return boot_alloc_pages(1);
	p = page_alloc(PAGE_ZEROED | PAGE_NOWAIT);
	if (!p)
		return 0;
	page_mark_table(p);
	return page_to_phys(p);
}

/* The entry of addr at this level, making the tables above it: NULL if memory ran out. */
static pte_t *kernel_entry(vaddr_t addr, u32 level)
{
	pte_t *table = phys_to_virt(kernel_mmu.root);
	paddr_t new;

	for (u32 l = PT_LEVELS; l > level; l--) {
		pte_t *e = &table[level_index(addr, l)];

		if (!*e) {
			new = table_alloc();
			if (!new)
				return NULL;
			pte_set(e, new | TABLE_FLAGS);
		}
		table = table_of(*e);
	}
	return &table[level_index(addr, level)];
}

/* The largest level whose pages fit here. */
static u32 best_level(vaddr_t addr, paddr_t phys, u64 len)
{
	for (u32 level = cpu_features.pages_1g ? 3 : 2; level > 1; level--)
		if (IS_ALIGNED(addr | phys, level_size(level)) && len >= level_size(level))
			return level;
	return 1;
}

/* Maps [addr, addr + len) to phys at boot. */
static void map_range(vaddr_t addr, paddr_t phys, u64 len, pte_t flags)
{
	while (len) {
		u32 level = best_level(addr, phys, len);

		*kernel_entry(addr, level) = phys | flags | (level > 1 ? X86_PTE_PS : 0);
		addr += level_size(level);
		phys += level_size(level);
		len -= level_size(level);
	}
}

static void map_image_part(const char *start, const char *end, pte_t flags)
{
	map_range((vaddr_t)start, IMAGE_PHYS(start), page_align_up((u64)(end - start)), flags);
}

/* One region of RAM into the direct map; what the image has read-only is read-only here too. */
static void map_direct(paddr_t start, paddr_t end)
{
	paddr_t ro_start = clamp(IMAGE_PHYS(text_start), start, end);
	paddr_t ro_end = clamp(IMAGE_PHYS(rodata_end), start, end);
	u64 base = DIRECT_MAP_BASE;

	map_range(base + start, start, ro_start - start, KERNEL_RW);
	map_range(base + ro_start, ro_start, ro_end - ro_start, KERNEL_R);
	map_range(base + ro_end, ro_end, end - ro_end, KERNEL_RW);
}

/* Fills the slots of the root that [start, end) needs. */
static void reserve_slots(vaddr_t start, vaddr_t end)
{
	for (vaddr_t a = start; a < end; a += level_size(PT_LEVELS))
		kernel_entry(a, PT_LEVELS - 1);
}

void mmu_init_kernel(void)
{
	kernel_mmu.root = boot_alloc_pages(1);
	kernel_mmu.cpus = 0;
	map_image_part(text_start, text_end, KERNEL_RX);
	map_image_part(rodata_start, rodata_end, KERNEL_R);
	map_image_part(data_start, boot_stack_guard, KERNEL_RW);
	map_image_part(boot_stack_guard + PAGE_SIZE, data_end, KERNEL_RW);
	map_image_part(ksyms_start, kernel_end, KERNEL_R);
	for (u32 i = 0; i < bootinfo.nr_regions; i++)
		map_direct(bootinfo.regions[i].start, bootinfo.regions[i].end);
	reserve_slots(KSTACK_AREA_BASE, KSTACK_AREA_END);
	reserve_slots(DEVICE_AREA_BASE, DEVICE_AREA_END);
	write_cr3(kernel_mmu.root);
	tlb_init_cpu();
	boot_alloc_lift_limit();
}

/* --- mappings made later --- */

void *mmu_map_device(paddr_t phys, size_t len)
{
	u64 offset = page_offset_in(phys), size = page_align_up(offset + len);
	vaddr_t addr;

	spin_lock(&kernel_pt_lock);
	addr = device_next;
	if (!len || size < len || size > DEVICE_AREA_END - addr)
		goto none;
	device_next += size;
	for (u64 at = 0; at < size; at += PAGE_SIZE) {
		pte_t *e = kernel_entry(addr + at, 1);

		if (!e)
			goto none; /* a few entries stay behind: nobody knows their addresses */
		pte_set(e, (phys - offset + at) | KERNEL_DEVICE);
	}
	spin_unlock(&kernel_pt_lock);
	return (void *)(addr + offset);
none:
	spin_unlock(&kernel_pt_lock);
	return NULL;
}

int mmu_map_kernel_pages(vaddr_t addr, const pfn_t *pfns, u32 nr, bool writable)
{
	pte_t flags = writable ? KERNEL_RW : KERNEL_R;

	spin_lock(&kernel_pt_lock);
	for (u32 i = 0; i < nr; i++) {
		pte_t *e = kernel_entry(addr + i * PAGE_SIZE, 1);

		if (!e) {
			spin_unlock(&kernel_pt_lock);
			mmu_unmap_kernel_pages(addr, i);
			return -ENOMEM;
		}
		pte_set(e, pfns[i] << PAGE_SHIFT | flags);
	}
	spin_unlock(&kernel_pt_lock);
	return 0;
}

void mmu_unmap_kernel_pages(vaddr_t addr, u32 nr)
{
	spin_lock(&kernel_pt_lock);
	for (u32 i = 0; i < nr; i++, addr += PAGE_SIZE) {
		pte_t *e = kernel_entry(addr, 1);

		if (!e)
			continue;
		pte_set(e, 0);
		invlpg(addr);
	}
	spin_unlock(&kernel_pt_lock);
}

/* --- looking --- */

static bool is_canonical(vaddr_t addr)
{
	return (u64)((s64)addr << 16 >> 16) == addr;
}

/* Walks what this CPU has loaded; tables that lie outside the direct map end the walk (a broken
 * entry). Returns the level at which it ended, entries[] of the levels seen. */
static u32 walk(paddr_t root, vaddr_t addr, pte_t entries[PT_LEVELS + 1])
{
	paddr_t table = root;

	for (u32 level = PT_LEVELS;; level--) {
		pte_t e;

		if (page_array_end && table >> PAGE_SHIFT >= page_array_end)
			return level + 1;
		e = pte_get((pte_t *)phys_to_virt(table) + level_index(addr, level));
		entries[level] = e;
		if (!(e & X86_PTE_P) || level == 1 || (e & X86_PTE_PS))
			return level;
		table = e & X86_PTE_ADDR;
	}
}

void mmu_direct_map_sizes(u64 bytes[4])
{
	vaddr_t addr = DIRECT_MAP_BASE, end = addr + (page_array_end << PAGE_SHIFT);
	pte_t entries[PT_LEVELS + 1];

	bytes[1] = bytes[2] = bytes[3] = 0;
	while (addr < end) {
		u32 level = walk(kernel_mmu.root, addr, entries);

		if (level <= 3 && (entries[level] & X86_PTE_P))
			bytes[level] += level_size(level);
		addr = ALIGN_DOWN(addr, level_size(level)) + level_size(level);
	}
}

bool pt_kernel_mapped(vaddr_t addr)
{
	pte_t entries[PT_LEVELS + 1];
	u32 last;

	if (!is_canonical(addr) || addr < DIRECT_MAP_BASE)
		return false;
	last = walk(read_cr3() & X86_PTE_ADDR, addr, entries);
	return last <= PT_LEVELS && (entries[last] & X86_PTE_P);
}

void pt_print_walk(struct mmu *mmu, vaddr_t addr)
{
	static const char *const names[] = { "", "PTE", "PMD", "PUD", "PGD" };
	paddr_t root = mmu ? mmu->root : read_cr3() & X86_PTE_ADDR;
	pte_t entries[PT_LEVELS + 1];
	u32 last;

	if (!is_canonical(addr)) {
		pr_err("page walk of %016lx: not canonical", addr);
		return;
	}
	pr_err("page walk of %016lx, root %lx:", addr, root);
	last = walk(root, addr, entries);
	for (u32 level = PT_LEVELS; level >= last; level--) {
		pte_t e = entries[level];

		pr_err("  %s[%3u] = %016lx %s%s%s%s%s%s%s%s", names[level],
			level_index(addr, level), e, e & X86_PTE_P ? "present" : "not present",
			e & X86_PTE_W ? " W" : "", e & X86_PTE_U ? " U" : "",
			e & X86_PTE_A ? " A" : "", e & X86_PTE_D ? " D" : "",
			level > 1 && (e & X86_PTE_PS) ? " large" : "", e & X86_PTE_G ? " G" : "",
			e & X86_PTE_NX ? " NX" : "");
	}
}

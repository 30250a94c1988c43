/* SPDX-License-Identifier: MIT */
/*
 * Page tables. `struct mmu` is one address space as the machine sees it: the root and who may have
 * it in a TLB. Everything about the format of an entry is here and in x86_64/; mm/ speaks of pte_t
 * and pages.
 *
 * Locking: the caller holds the page-table lock of the address space (mm/mm.h) around any look at
 * and any change of entries, except where it is the only one who knows the mmu.
 */
#pragma once

#include "lib/atomic.h"
#include "lib/bitmap.h"
#include "lib/types.h"

#define KERNEL_BASE     0xffffffff80000000UL
#define DIRECT_MAP_BASE 0xffff888000000000UL

static inline void *phys_to_virt(paddr_t p)
{
	return (void *)(p + DIRECT_MAP_BASE);
}

/* Of the direct map and of the kernel image. */
static inline paddr_t virt_to_phys(const void *v)
{
	u64 a = (u64)v;

	return a >= KERNEL_BASE ? a - KERNEL_BASE : a - DIRECT_MAP_BASE;
}

struct mmu {
	paddr_t root;       /* of the top-level table */
	cpumask_t cpus;     /* atomically: CPUs that may hold translations of it */
	atomic64_t tlb_gen; /* grows with every flush; a lazy CPU compares when it comes back */
	u64 nr_tables;      /* page-table frames, under the page-table lock: VmPTE */
	/* chain of tables put aside for the large leaves that may have to be split; same lock */
	paddr_t spare_tables;
	u64 id; /* never used again: by this a CPU recognises what its TLB holds (PCID) */
};

/* Makes an empty user address space (the kernel half is shared). 0 or -ENOMEM. */
int mmu_init(struct mmu *mmu);
/* Frees the root and any table left. No user page may be mapped any more, and nobody run on it;
 * CPUs that still have it loaded lazily are moved away first. => may wait for CPUs */
void mmu_destroy(struct mmu *mmu);
/* Called by the scheduler: from now on this CPU runs on next (NULL: the kernel's own; lazily, any
 * root will do). => interrupts disabled */
void mmu_switch(struct mmu *next);
extern struct mmu kernel_mmu;

typedef u64 pte_t;

/* What a leaf permits; the union of these goes to pte_make. All user leaves may be read but those that
 * permit nothing: PROT_NONE, whose frame is kept. */
#define PTE_WRITE_OK 1u
#define PTE_EXEC_OK  2u
#define PTE_NOTHING  4u

#define X86_PTE_P    (1UL << 0)
#define X86_PTE_W    (1UL << 1)
#define X86_PTE_U    (1UL << 2)
#define X86_PTE_A    (1UL << 5)
#define X86_PTE_D    (1UL << 6)
#define X86_PTE_PS   (1UL << 7)
#define X86_PTE_G    (1UL << 8)
#define X86_PTE_NX   (1UL << 63)
#define X86_PTE_ADDR 0x000ffffffffff000UL

/* The software bit of a PROT_NONE page that keeps its frame: P is clear, so that every access faults. */
#define X86_PTE_SOFT_NONE (1UL << 9)

/* A user leaf for this frame, accessed bit set. */
static inline pte_t pte_make(pfn_t pfn, u32 rights)
{
	return pfn << PAGE_SHIFT | X86_PTE_U | X86_PTE_A |
	       (rights & PTE_NOTHING ? X86_PTE_SOFT_NONE : X86_PTE_P) |
	       (rights & PTE_WRITE_OK ? X86_PTE_W : 0) | (rights & PTE_EXEC_OK ? 0 : X86_PTE_NX);
}

static inline bool pte_none(pte_t p)
{
	return p == 0;
}

/* Maps a frame which user mode (or, PROT_NONE, nobody) reaches. */
static inline bool pte_present(pte_t p)
{
	return p & (X86_PTE_P | X86_PTE_SOFT_NONE);
}

static inline bool pte_accessible(pte_t p)
{
	return p & X86_PTE_P;
}

static inline bool pte_writable(pte_t p)
{
	return p & X86_PTE_W;
}

static inline bool pte_executable(pte_t p)
{
	return !(p & X86_PTE_NX);
}

static inline bool pte_dirty(pte_t p)
{
	return p & X86_PTE_D;
}

static inline bool pte_young(pte_t p)
{
	return p & X86_PTE_A;
}

static inline pfn_t pte_pfn(pte_t p)
{
	return (p & X86_PTE_ADDR) >> PAGE_SHIFT;
}

static inline pte_t pte_wrprotect(pte_t p)
{
	return p & ~X86_PTE_W;
}

static inline pte_t pte_mkold(pte_t p)
{
	return p & ~X86_PTE_A;
}

static inline pte_t pte_mkclean(pte_t p)
{
	return p & ~X86_PTE_D;
}

static inline pte_t pte_mkdirty(pte_t p)
{
	return p | X86_PTE_D;
}

/* The same frame with other rights. */
static inline pte_t pte_modify(pte_t p, u32 rights)
{
	p &= ~(X86_PTE_P | X86_PTE_SOFT_NONE | X86_PTE_W | X86_PTE_NX);
	p |= rights & PTE_NOTHING ? X86_PTE_SOFT_NONE : X86_PTE_P;
	if (rights & PTE_WRITE_OK)
		p |= X86_PTE_W;
	if (!(rights & PTE_EXEC_OK))
		p |= X86_PTE_NX;
	return p;
}

/* Entries that may be changed by the CPU (A, D) are read and swapped atomically. */
static inline pte_t pte_get(const pte_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

static inline void pte_set(pte_t *p, pte_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

static inline pte_t pte_exchange(pte_t *p, pte_t v)
{
	return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);
}

/* The leaf entry of a user address, or NULL if there is no table for it (yet): empty, or part of a
 * large leaf. */
pte_t *pt_find(struct mmu *mmu, vaddr_t addr);
/* The same, but makes the tables on the way, and splits a large leaf: NULL if memory ran out. Does
 * not sleep. */
pte_t *pt_alloc(struct mmu *mmu, vaddr_t addr);
/* What maps the page at addr, as an entry of a page whatever the size of the leaf; 0: nothing. */
pte_t pt_look(struct mmu *mmu, vaddr_t addr);

/* Maps 2 MiB (level 2) or 1 GiB (level 3) at addr by one leaf, made of `pte`, a leaf for the first
 * frame; each frame under it has a reference (and map) of its own, as if each had its entry. 0,
 * -ENOMEM, -EEXIST: there is a table or a leaf already. Does not sleep. => page-table lock held */
int pt_map_large(struct mmu *mmu, vaddr_t addr, u32 level, pte_t pte);

/* Leaf tables one by one, skipping what has none, and splitting large leaves: costs by the tables
 * that exist. */
struct pt_span {
	pte_t *pte;   /* the first entry of the span */
	vaddr_t addr; /* its address */
	u64 nr;       /* entries in it */
};
/* The first span in [addr, end) whose table exists; false if there is none. Continue at span->addr
 * + nr pages. */
bool pt_next_span(struct mmu *mmu, vaddr_t addr, vaddr_t end, struct pt_span *span);
/* How many of the nr entries are empty before the first one that is not. */
u64 pt_count_empty(const pte_t *entries, u64 nr);

/* Unlinks the page tables that serve nothing but [start, end) when nothing is mapped in [floor,
 * ceiling) around it (the neighbours' bounds; floor 0 and ceiling USER_END at the ends). The frames
 * go to free_table() - after the caller's TLB flush. => page-table lock held */
void pt_free_tables(struct mmu *mmu, vaddr_t start, vaddr_t end, vaddr_t floor, vaddr_t ceiling,
	void (*free_table)(void *arg, pfn_t table), void *arg);

/* Calls fn for the frame of each table of the user half, the root first. For checking. =>
 * page-table lock held */
void pt_for_each_table(struct mmu *mmu, void (*fn)(void *arg, pfn_t table), void *arg);

/* Prints the walk of any address, user or kernel, level by level (panics, debugging). */
void pt_print_walk(struct mmu *mmu, vaddr_t addr);
/* True, and the frame, if the kernel may read this address (panics, debugging). */
bool pt_kernel_mapped(vaddr_t addr);

/* The kernel half. Maps pages of device memory, uncached: NULL if there is no room. Never
 * unmapped. */
void *mmu_map_device(paddr_t phys, size_t len);
/* Maps nr frames at addr .. addr + nr pages, not executable: 0 or -ENOMEM (then nothing is mapped).
 * Whoever wants a guard page leaves the page below alone (kstack.c). */
int mmu_map_kernel_pages(vaddr_t addr, const pfn_t *pfns, u32 nr, bool writable);
/* no flush on other CPUs: see kstack.c, which reuses lazily */
void mmu_unmap_kernel_pages(vaddr_t addr, u32 nr);
#define KSTACK_AREA_BASE 0xffffc90000000000UL /* for kstack.c */
#define KSTACK_AREA_END  0xffffca0000000000UL

/* How much of the direct map is in pages of each size, in bytes: levels 1 (4 KiB), 2 (2 MiB) and 3
 * (1 GiB). (/proc/meminfo) */
void mmu_direct_map_sizes(u64 bytes[4]);

/* Builds the final kernel tables (W^X, direct map of all RAM, NX, global), leaves the boot ones.
 * Early. */
void mmu_init_kernel(void);

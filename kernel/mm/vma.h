/* SPDX-License-Identifier: MIT */
/*
 * VMAs: the ordered set of ranges of one address space. PURE: no locks, no page tables, no I/O;
 * tested on the host against a naive model.
 */
#pragma once

#include "lib/rbtree.h"
#include "lib/types.h"

struct mapping;
struct mm;
struct vma_ops;
struct map_file_ops;

/* vma->flags: rights, sharing and advice. The low ones have PROT_*'s values. */
#define VMA_READ        0x0001u
#define VMA_WRITE       0x0002u
#define VMA_EXEC        0x0004u
#define VMA_PROT_MASK   0x0007u
#define VMA_SHARED      0x0008u
#define VMA_MAYREAD     0x0010u /* what mprotect may grant: the open mode of the file */
#define VMA_MAYWRITE    0x0020u
#define VMA_MAYEXEC     0x0040u
#define VMA_SYNC        0x0080u /* MAP_SYNC was asked for where that means nothing: shown, no more */
#define VMA_GROWSDOWN   0x0100u
#define VMA_STACK       0x0200u /* the initial stack: [stack] */
#define VMA_LOCKONFAULT 0x0400u /* with VMA_LOCKED: only pages that are touched (MLOCK_ONFAULT) */
#define VMA_LOCKED      0x0800u
#define VMA_NORESERVE   0x1000u
#define VMA_RANDOM      0x2000u /* MADV_RANDOM, MADV_SEQUENTIAL */
#define VMA_SEQUENTIAL  0x4000u
#define VMA_DONTFORK    0x8000u
#define VMA_WIPEONFORK  0x10000u
#define VMA_DONTDUMP    0x20000u
#define VMA_DEVICE      0x40000u /* frames that nobody counts: a device's, or the kernel's */
#define VMA_ACCOUNT     0x80000u /* private and writable once: memory is reserved for it (overcommit) */
#define VMA_HUGETLB     0x100000u /* of huge pages: placed and cut only between two of them */
#define VMA_GIGANTIC    0x200000u /* with VMA_HUGETLB: they have 1 GiB, not 2 MiB */

#define VMA_LOCK_MASK (VMA_LOCKED | VMA_LOCKONFAULT)

/* Recorded and shown, no more: MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_MERGEABLE */
#define VMA_HUGEPAGE   0x20000000u
#define VMA_NOHUGEPAGE 0x40000000u
#define VMA_MERGEABLE  0x80000000u

#define VMA_MAY_SHIFT 4 /* VMA_MAYx = VMA_x << 4 */
#define VMA_MAY_MASK  (VMA_PROT_MASK << VMA_MAY_SHIFT)

/* Nothing is placed so close below a VMA that grows down, and it stops growing so far above its
 * neighbour. */
#define STACK_GUARD_GAP (256UL << PAGE_SHIFT)

struct vma {
	struct rb_node node; /* in the set, by start */
	vaddr_t start, end;  /* [start, end), page aligned */
	u64 gap;             /* free bytes between the VMA below and this one */
	u64 gap_max;         /* augment: the largest gap in this subtree */
	u32 flags;
	/* a private page was put here once, and may be here yet: stays through moves and splits.
	 * Set by faults, with mm->lock held for reading (vma_mark_private) */
	bool ever_private;
	const struct vma_ops *ops; /* its backing: back_anon, back_file, back_shm */
	struct mm *mm;

	/* file and shared memory; NULL/0 for private anonymous memory */
	struct mapping *mapping;
	/* page of the mapping at `start` (anonymous: start >> PAGE_SHIFT, for merging) */
	pgoff_t pgoff;
	void *file; /* struct file of fs/, opaque here; holds the mapping alive */
	const struct map_file_ops *file_ops;

	/* in mapping->vmas, by [pgoff, pgoff + pages), under its rmap_lock */
	struct rb_node rmap_node;
	pgoff_t rmap_last_max; /* augment */
	/* chains of nodes that a plan holds, and of VMAs that a commit took out */
	struct vma *prealloc_next;
};

/*
 * Invariant: VMAs are not empty and do not overlap; `gap` and `gap_max` are right. (That neighbours
 * which could be one VMA are one is edit.c's affair.)
 */
struct vma_set {
	struct rb_tree tree;
	u64 count;
	struct vma *last_found; /* a hint for what is asked next, written by readers too */
};

static inline void vma_set_init(struct vma_set *s)
{
	*s = (struct vma_set){ 0 };
}

static inline u64 vma_len(const struct vma *v)
{
	return v->end - v->start;
}

static inline u64 vma_pages(const struct vma *v)
{
	return vma_len(v) >> PAGE_SHIFT;
}

static inline u64 vma_page_size(const struct vma *v)
{
	if (likely(!(v->flags & VMA_HUGETLB)))
		return PAGE_SIZE;
	return v->flags & VMA_GIGANTIC ? GIB(1) : MIB(2);
}

/* May one VMA end and another one begin at this page? */
static inline bool vma_may_cut(const struct vma *v, vaddr_t addr)
{
	return !(addr & (vma_page_size(v) - 1));
}

static inline bool vma_contains(const struct vma *v, vaddr_t addr)
{
	return addr - v->start < v->end - v->start;
}

/* Once set it is only read, so that threads which fault do not pass the line to and fro. */
static inline void vma_mark_private(struct vma *v)
{
	if (unlikely(!__atomic_load_n(&v->ever_private, __ATOMIC_RELAXED)))
		__atomic_store_n(&v->ever_private, true, __ATOMIC_RELAXED);
}

/* The page of the mapping at addr, which the VMA contains. */
static inline pgoff_t vma_pgoff_at(const struct vma *v, vaddr_t addr)
{
	return v->pgoff + ((addr - v->start) >> PAGE_SHIFT);
}

/* Where nothing else may be placed: a stack's guard gap belongs to it. */
static inline vaddr_t vma_start_with_guard(const struct vma *v)
{
	u64 guard = v->flags & VMA_GROWSDOWN ? STACK_GUARD_GAP : 0;

	return v->start > guard ? v->start - guard : 0;
}

static inline struct vma *vma_of(struct rb_node *n)
{
	return n ? rb_entry(n, struct vma, node) : NULL;
}

static inline struct vma *vma_first(const struct vma_set *s)
{
	return vma_of(rb_first(&s->tree));
}

static inline struct vma *vma_last(const struct vma_set *s)
{
	return vma_of(rb_last(&s->tree));
}

static inline struct vma *vma_next(const struct vma *v)
{
	return vma_of(rb_next(&v->node));
}

static inline struct vma *vma_prev(const struct vma *v)
{
	return vma_of(rb_prev(&v->node));
}

#define vma_for_each(v, s) for ((v) = vma_first(s); (v); (v) = vma_next(v))

/* The VMA that contains addr, by descent; use vma_find(). */
struct vma *vma_find_slow(struct vma_set *s, vaddr_t addr);

/* The VMA that contains addr, or NULL. O(log n), O(1) for the one that was found last. */
static inline struct vma *vma_find(struct vma_set *s, vaddr_t addr)
{
	struct vma *v = __atomic_load_n(&s->last_found, __ATOMIC_RELAXED);

	if (v && vma_contains(v, addr))
		return v;
	return vma_find_slow(s, addr);
}

/* The lowest VMA that ends above addr (contains it or lies behind it), or NULL; *prev, if prev is
 * not NULL: the one before. */
struct vma *vma_at_or_above(struct vma_set *s, vaddr_t addr, struct vma **prev);

/* The lowest VMA that overlaps [start, end), or NULL. */
static inline struct vma *vma_first_in(struct vma_set *s, vaddr_t start, vaddr_t end)
{
	struct vma *v = vma_at_or_above(s, start, NULL);

	return v && v->start < end ? v : NULL;
}

/* v's start, end, flags are filled in, and its range is free. */
void vma_insert(struct vma_set *s, struct vma *v);
/* The same by who knows the neighbours (NULL: v will be the first, the last). */
void vma_insert_between(struct vma_set *s, struct vma *v, struct vma *prev, struct vma *next);
void vma_erase(struct vma_set *s, struct vma *v);
/* v gets other bounds, in the same place of the order; its pgoff follows its start. */
void vma_resize(struct vma_set *s, struct vma *v, vaddr_t start, vaddr_t end);
/* v keeps [start, addr); `fresh` becomes a copy of it for [addr, end). => start < addr < end */
void vma_split(struct vma_set *s, struct vma *v, vaddr_t addr, struct vma *fresh);
/* How many nodes carving [start, end) takes: how many of its ends lie inside a VMA (0, 1, 2). -1: one
 * lies inside a huge page. */
int vma_carve_needs(struct vma_set *s, vaddr_t start, vaddr_t end);
/* True if b lies right behind a and is its continuation in every respect, so that one VMA can stand
 * for both. */
bool vma_can_merge(const struct vma *a, const struct vma *b);
/* a swallows b, which lies right behind it and is taken out. */
void vma_merge(struct vma_set *s, struct vma *a, struct vma *b);

/*
 * The highest (lowest) page-aligned address at which len bytes in [lo, hi) are free and in no guard
 * gap: true and *addr, or false. len > 0. O(log n), and as much again for each stack whose guard
 * gap was in the way. Top down the search goes on below the whole of such a guard gap, as Linux's
 * does: what other VMAs leave free within it is not looked at.
 */
bool vma_gap_top_down(struct vma_set *s, u64 len, vaddr_t lo, vaddr_t hi, vaddr_t *addr);
bool vma_gap_bottom_up(struct vma_set *s, u64 len, vaddr_t lo, vaddr_t hi, vaddr_t *addr);

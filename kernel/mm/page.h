/* SPDX-License-Identifier: MIT */
/*
 * struct page: one for every physical frame, 32 bytes, in one array. The allocator of frames is in
 * buddy.c; this file knows what a frame is used for. The life of a page is drawn in page.c.
 */
#pragma once

#include "arch/mmu.h"
#include "arch/percpu.h"
#include "debug/assert.h"
#include "lib/atomic.h"
#include "lib/types.h"

struct mapping;

/* page->flags, changed atomically. */
#define PG_LOCKED     (1u << 0)   /* page lock: identity, contents during I/O */
#define PG_UPTODATE   (1u << 1)   /* contents are valid (cache pages) */
#define PG_EMPTY      PG_UPTODATE /* with PG_TABLE: taken out of use with no entry left, all zeros */
#define PG_DIRTY      (1u << 2)   /* newer than the disk */
#define PG_WRITEBACK  (1u << 3)   /* being written */
#define PG_REFERENCED (1u << 4)   /* used since the last look of reclaim */
#define PG_ACTIVE     (1u << 5)   /* on the active LRU list */
#define PG_LRU        (1u << 6)   /* on an LRU list */
#define PG_ANON       (1u << 7)   /* private memory of a process; owner is unused */
#define PG_ERROR      (1u << 8)   /* the last read or write failed */
#define PG_SLAB       (1u << 9)   /* owner: the slab cache */
#define PG_BUDDY      (1u << 10)  /* free, head of a block of `order` */
#define PG_TABLE      (1u << 11)  /* a page table */
#define PG_RESERVED   (1u << 12)  /* not RAM, or the kernel's own image */
#define PG_WAITERS    (1u << 13)  /* somebody waits for PG_LOCKED or PG_WRITEBACK */
#define PG_SWAPBACKED (1u << 14)  /* tmpfs and shared anonymous: cannot be dropped, has no disk */
#define PG_READAHEAD  (1u << 15)  /* reaching it starts the next window of read-ahead */

#define PAGE_INDEX_BITS 40

struct page {
	union {
		/* cache pages; page lock (or the mapping tree's lock) to change */
		struct mapping *mapping;
		void *owner;
	};
	u32 index_low; /* page_index(): offset in the mapping in pages; PAGE_INDEX_BITS */
	u8 index_high;
	union {
		u8 order;         /* free blocks, slabs */
		u8 dirty_sectors; /* pages of a block device: which 512-byte sectors are dirty */
	};
	u16 flags;
	atomic_t refs;          /* users, of which each PTE is one; 0: free */
	atomic_t maps;          /* PTEs that map it */
	u32 next_pfn, prev_pfn; /* lists of frames (buddy, LRU, slab); 0: none. See page_list */
};
_Static_assert(sizeof(struct page) == 32, "struct page must stay small: there is one per frame");

extern struct page *page_array; /* indexed by pfn */
extern pfn_t page_array_end;    /* number of entries */

static inline struct page *pfn_to_page(pfn_t pfn)
{
	return &page_array[pfn];
}

static inline pfn_t page_to_pfn(const struct page *p)
{
	return (pfn_t)(p - page_array);
}

static inline paddr_t page_to_phys(const struct page *p)
{
	return page_to_pfn(p) << PAGE_SHIFT;
}

/* The page's contents, through the direct map. */
static inline void *page_address(const struct page *p)
{
	return phys_to_virt(page_to_phys(p));
}

static inline struct page *virt_to_page(const void *v)
{
	return pfn_to_page(virt_to_phys(v) >> PAGE_SHIFT);
}

/* False for device memory and holes: such frames have no reference counts. */
static inline bool pfn_valid(pfn_t pfn)
{
	return pfn < page_array_end;
}

static inline pgoff_t page_index(const struct page *p)
{
	return (u64)p->index_high << 32 | p->index_low;
}

static inline void page_set_index(struct page *p, pgoff_t index)
{
	p->index_low = (u32)index;
	p->index_high = (u8)(index >> 32);
}

static inline bool page_test(const struct page *p, u32 flag)
{
	return __atomic_load_n(&p->flags, __ATOMIC_ACQUIRE) & flag;
}

static inline void page_set(struct page *p, u32 flag)
{
	__atomic_fetch_or(&p->flags, (u16)flag, __ATOMIC_SEQ_CST);
}

static inline void page_clear(struct page *p, u32 flag)
{
	__atomic_fetch_and(&p->flags, (u16)~flag, __ATOMIC_SEQ_CST);
}

/* Both return whether it was set before. */
static inline bool page_test_and_set(struct page *p, u32 flag)
{
	return __atomic_fetch_or(&p->flags, (u16)flag, __ATOMIC_SEQ_CST) & flag;
}

static inline bool page_test_and_clear(struct page *p, u32 flag)
{
	return __atomic_fetch_and(&p->flags, (u16)~flag, __ATOMIC_SEQ_CST) & flag;
}

/* --- allocation --- */
#define PAGE_ZEROED 1u /* contents are 0 */
#define PAGE_NOWAIT 2u /* must not sleep or reclaim (spinlocks held, interrupt context) */
#define PAGE_USER                                                                                  \
	4u /* for user memory or cache: leaves the last reserve to the kernel, may start reclaim */
#define PAGE_RESERVE 8u /* may use the last reserve: for the path that frees memory */

/* One frame, refs = 1, maps = 0, flags = 0. NULL when there is none (after reclaim, unless
 * PAGE_NOWAIT). */
struct page *page_alloc(u32 how);
/* 2^order frames in one piece, aligned to their size; the first page has refs = 1. order <=
 * PAGE_MAX_ORDER. */
struct page *page_alloc_order(u32 order, u32 how);
#define PAGE_MAX_ORDER 10

static inline void page_get(struct page *p)
{
	atomic_inc(&p->refs);
}

/* Frees the frame with the last reference. Any context. Whoever gave it to a list or a tree
 * takes it off first; from an LRU list it is taken by the hook below. */
void page_free(struct page *p);
static inline void page_put(struct page *p)
{
	if (atomic_dec_and_test(&p->refs))
		page_free(p);
}
void page_free_order(struct page *p, u32 order);

/* The shared frame of zeros that read faults on untouched anonymous memory map. Not counted:
 * PTEs of it hold no reference. */
extern struct page *zero_page;

/* memcpy/memset of whole pages by rep movsq/stosq. */
static inline void page_zero(struct page *p)
{
	void *d = page_address(p);
	u64 n = PAGE_SIZE / 8;

	__asm__ volatile("rep stosq" : "+D"(d), "+c"(n) : "a"(0) : "memory");
}

static inline void page_copy(struct page *to, const struct page *from)
{
	void *d = page_address(to);
	const void *s = page_address(from);
	u64 n = PAGE_SIZE / 8;

	__asm__ volatile("rep movsq" : "+D"(d), "+S"(s), "+c"(n)::"memory");
}

/* Lists of frames, linked by frame number. */
struct page_list {
	u32 head, tail; /* pfn; 0: empty */
	u64 count;
};
void page_list_push(struct page_list *l, struct page *p);
void page_list_append(struct page_list *l, struct page *p);
void page_list_remove(struct page_list *l, struct page *p);
struct page *page_list_first(struct page_list *l); /* NULL: empty */
struct page *page_list_last(struct page_list *l);

struct page_stats {
	/* frames; kernel_large: kmalloc of more than half a page */
	u64 total, free, anon, kernel_slab, kernel_large, kernel_stack, tables;
	u64 nr_freed; /* how many were freed since boot; allocated: that, and what is not free */
};
/* Does it lie in a free block? Without a lock: an old answer may come. Frames in a CPU's cache count
 * as in use, as they do in Linux. O(PAGE_MAX_ORDER). (/proc/kpageflags) */
bool page_is_free(const struct page *p);
/* Free blocks of each order, 0 to PAGE_MAX_ORDER. (/proc/buddyinfo) */
void page_count_blocks(u64 counts[PAGE_MAX_ORDER + 1]);
void page_get_stats(struct page_stats *st);
/* Frames below which reclaim is woken, and below which only the kernel may allocate. */
extern u64 page_low_watermark, page_min_watermark;
/* Set by mm/reclaim.c. wake: start background reclaim (any context). direct: try to free some now
 * (may sleep); returns the number freed. cannot_wait: is the caller one on whom others wait for
 * memory (the thread that frees it, who was killed)? Then what the kernel needs for it comes from
 * the reserve, and PAGE_USER fails at once. */
void page_set_reclaim(void (*wake)(void), u64 (*direct)(u64 nr), bool (*cannot_wait)(void));
/* Set by mm/lru.c: takes a page that is being freed with PG_LRU still set off its list, and
 * clears the flag. Any context. */
void page_set_lru_remove(void (*remove)(struct page *p));
/* A frame (from page_alloc) becomes a page table: PG_TABLE, and counted until it is freed. */
void page_mark_table(struct page *p);
/* A table with no entry. The last ones that were freed with PG_EMPTY are kept for it as they are: so
 * nobody clears what is clear. NULL: no memory. Does not sleep. */
struct page *page_alloc_table(void);
/* A frame (from page_alloc) becomes private memory of a process: PG_ANON, and counted until it is
 * freed. */
DECLARE_PER_CPU(u64, page_nr_anon);
static inline void page_mark_anon(struct page *p)
{
	p->flags = PG_ANON;
	this_cpu_add8(page_nr_anon, 1);
}
/* Bookkeeping of frames by slab.c and kstack.c: so many more (or fewer) are theirs. */
void page_count_slab(s64 nr);
void page_count_large(s64 nr);
void page_count_stack(s64 nr);
/* Gives the frames in all CPUs' caches back to the buddy allocator, so that they can merge. May
 * sleep. */
void page_drain_caches(void);

void page_init(void); /* boot: the array, then all free memory into the buddy allocator */
/* Stress switch: fail one of n allocations that may fail (0: off). */
extern u32 page_fail_every;

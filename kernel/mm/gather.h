/* SPDX-License-Identifier: MIT */
/*
 * Frames that page tables gave up, held until no TLB can reach them: one flush for all of them,
 * then they are put.
 *
 *	gather_begin(&g, mm);
 *	... under mm->pt_lock: clear entries, gather_page(&g, addr, pfn) ...
 *	gather_finish(&g);
 *
 * Race (found by shootdown_nested): the entries that one of two threads was to clear were cleared by
 * the other, who had not flushed yet. With nothing to flush, the first returned, and TLBs still had
 * them. So the mm counts its gathers, and who finishes beside another flushes everything.
 */
#pragma once

#include "mm/mm.h"
#include "mm/plant.h"

#define GATHER_INLINE 24

struct gather_batch;

struct gather {
	struct mm *mm;
	vaddr_t start, end; /* what a flush must cover; start > end: nothing yet */
	bool tables;        /* page tables are among the frames */
	u32 nr_batches;
	u32 *next, *limit; /* where the next frame number goes: in the newest batch, or in pfns[] */
	struct gather_batch *batches; /* newest first; all but that are full, and so is pfns[] */
	u32 pfns[GATHER_INLINE];
};

/* Nothing is gathered yet, or any more. */
static inline void gather_reset(struct gather *g)
{
	g->start = ~0UL;
	g->end = 0;
	g->tables = false;
	g->nr_batches = 0;
	g->next = g->pfns;
	g->limit = g->pfns + GATHER_INLINE;
	g->batches = NULL;
}

static inline void gather_begin(struct gather *g, struct mm *mm)
{
	g->mm = mm;
	atomic_inc(&mm->nr_gathers);
	gather_reset(g);
}

/* The entry of addr lost rights or went away; there is no frame to hold. => pt_lock held */
static inline void gather_range(struct gather *g, vaddr_t start, vaddr_t end)
{
	if (start < g->start)
		g->start = start;
	if (end > g->end)
		g->end = end;
}

/* Makes room: finds more memory, or flushes and puts what is there. => pt_lock held */
void gather_make_room(struct gather *g);

static inline void gather_frame(struct gather *g, pfn_t pfn)
{
	if (unlikely(g->next == g->limit))
		gather_make_room(g);
	*g->next++ = (u32)pfn;
}

/* The entry of addr, which is clear now, mapped this frame: its reference goes to the gatherer. =>
 * pt_lock held */
static inline void gather_page(struct gather *g, vaddr_t addr, pfn_t pfn)
{
	gather_frame(g, pfn);
	/* behind it, for making room may have flushed and forgotten the range */
	gather_range(g, addr, addr + PAGE_SIZE);
}

/* A page table with no entry left: its frame too waits for the flush. For pt_free_tables(); arg is the gather. =>
 * pt_lock held */
void gather_table(void *arg, pfn_t table);

/* Flushes the TLBs and puts the frames. => pt_lock may be held, no other spinlock; interrupts on */
void gather_flush(struct gather *g);

/* The same for all of the address space. */
void gather_flush_all(struct gather *g);

/* Entries of v lost rights: before pt_lock is given up, no CPU may store to a shared file's pages
 * any more. Else write-back would find no writable entry, write a page, and not notice such a
 * store: it would be lost. => pt_lock held */
static inline void gather_end_stores(struct gather *g, const struct vma *v)
{
	if ((v->flags & VMA_SHARED) && g->end > g->start && v->mapping &&
		v->mapping->ops->write_pages)
		gather_flush(g);
}

/* A planted bug: nothing is flushed, what was gathered is put nevertheless. */
static inline void gather_plant(struct gather *g, enum plant bug)
{
	if (!is_planted_for(&g->mm->mmu, bug))
		return;
	g->start = ~0UL;
	g->end = 0;
	g->tables = false;
}

static inline void gather_finish(struct gather *g)
{
	if (unlikely(atomic_read(&g->mm->nr_gathers) > 1) && !is_planted(PLANT_NESTED))
		gather_flush_all(g);
	else if (g->end > g->start || g->next != g->pfns)
		gather_flush(g);
	atomic_dec_and_test(&g->mm->nr_gathers);
}

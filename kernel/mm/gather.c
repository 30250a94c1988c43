// SPDX-License-Identifier: MIT
/*
 * Batches of frames between "cleared in the page table" and "may be used again" (DESIGN: no path
 * frees a frame that a TLB may still reach). The first few are kept in the struct itself, so that
 * small unmaps allocate nothing; then whole pages of frame numbers; and when even those are many,
 * or cannot be had, it flushes early.
 *
 * Not here: clearing entries (zap.c), the flush itself (arch/tlb.h).
 */
#include "arch/clock.h"
#include "arch/tlb.h"
#include "mm/gather.h"

#define BATCH_SIZE  ((PAGE_SIZE - sizeof(void *)) / sizeof(u32))
#define MAX_BATCHES 32 /* 128 MiB of frames between two flushes */

struct gather_batch {
	struct gather_batch *next;
	u32 pfns[BATCH_SIZE];
};

static void put_frames(const u32 *pfns, u64 nr)
{
	for (u64 i = 0; i < nr; i++)
		page_put(pfn_to_page(pfns[i]));
}

static void flush_tlbs(struct gather *g)
{
	if (g->end > g->start || g->tables)
		tlb_flush_range(&g->mm->mmu, min(g->start, g->end), g->end, g->tables);
}

/* The planted bug: frames are free some time before the last TLB has forgotten them. */
static void put_early(struct gather *g)
{
	nsec_t until = clock_now() + 200 * NSEC_PER_USEC;

	if (g->batches || g->tables)
		return;
	put_frames(g->pfns, g->nr);
	g->nr = 0;
	while (clock_now() < until)
		cpu_relax();
}

void gather_flush(struct gather *g)
{
	struct gather_batch *b, *next;
	u64 nr;

	if (is_planted(PLANT_EARLY))
		put_early(g);
	flush_tlbs(g);
	b = g->batches;
	nr = g->nr;
	put_frames(g->pfns, b ? GATHER_INLINE : nr);
	for (; b; b = next) {
		next = b->next;
		put_frames(b->pfns, nr);
		page_put(virt_to_page(b));
		nr = BATCH_SIZE;
	}
	g->start = ~0UL;
	g->end = 0;
	g->tables = false;
	g->nr = g->nr_batches = 0;
	g->batches = NULL;
}

void gather_make_room(struct gather *g)
{
	struct page *p = g->nr_batches < MAX_BATCHES ? page_alloc(PAGE_NOWAIT) : NULL;
	struct gather_batch *b;

	if (!p) {
		gather_flush(g);
		return;
	}
	b = page_address(p);
	b->next = g->batches;
	g->batches = b;
	g->nr_batches++;
	g->nr = 0;
}

void gather_add_to_batch(struct gather *g, pfn_t pfn)
{
	vaddr_t start = g->start, end = g->end;

	if (!g->batches || g->nr == BATCH_SIZE) {
		gather_make_room(g);
		gather_range(g, start,
			/* an early flush forgot this frame's range, if it was the last added */
			end);
	}
	if (g->batches)
		g->batches->pfns[g->nr++] = (u32)pfn;
	else
		g->pfns[g->nr++] = (u32)pfn;
}

void gather_table(void *arg, pfn_t table)
{
	struct gather *g = arg;

	if (!g->batches && g->nr < GATHER_INLINE)
		g->pfns[g->nr++] = (u32)table;
	else
		gather_add_to_batch(g, table);
	g->tables = true;
}

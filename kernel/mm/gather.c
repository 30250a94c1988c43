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
#include "arch/user.h"
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
	put_frames(g->pfns, (u64)(g->next - g->pfns));
	g->next = g->pfns;
	while (clock_now() < until)
		cpu_relax();
}

/* The frames of a batch up to `end`, and all of those before it. */
static void put_batches(struct gather_batch *b, const u32 *end)
{
	for (struct gather_batch *next; b; b = next) {
		next = b->next;
		put_frames(b->pfns, (u64)(end - b->pfns));
		page_put(virt_to_page(b));
		end = next ? next->pfns + BATCH_SIZE : NULL;
	}
}

void gather_flush(struct gather *g)
{
	if (is_planted(PLANT_EARLY))
		put_early(g);
	flush_tlbs(g);
	put_frames(g->pfns, g->batches ? GATHER_INLINE : (u64)(g->next - g->pfns));
	put_batches(g->batches, g->next);
	gather_reset(g);
}

void gather_flush_all(struct gather *g)
{
	gather_range(g, 0, USER_END);
	gather_flush(g);
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
	g->next = b->pfns;
	g->limit = b->pfns + BATCH_SIZE;
}

void gather_table(void *arg, pfn_t table)
{
	struct gather *g = arg;

	pfn_to_page(table)->flags |= PG_EMPTY;
	gather_frame(g, table);
	g->tables = true;
}

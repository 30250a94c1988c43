/* SPDX-License-Identifier: MIT */
/*
 * Kernel stacks. The area is cut into slots of five pages:
 *
 *	| guard: never mapped | page | page | page | page |  guard of the next slot ...
 *	                      ^ the stack's address       ^ its top
 *
 * so a stack that runs over hits its guard, faults on a stack that is not there, and ends as a
 * double fault that kstack_is_guard() names.
 *
 * A stack that is freed stays mapped and waits on a list for the next thread: fork and exit touch
 * no page table and no TLB. kstack_shrink() gives the waiting ones back when memory is short; it
 * waits until no CPU can have translations of them before it frees frames and slots, so no stack
 * ever appears where a TLB remembers another.
 *
 * The lowest bytes of each stack hold its header (which nothing but an overflow reaches): a magic
 * number that is checked when it is freed, and the frames.
 *
 * Lock: kstack_lock (irqsave: a dead thread's stack is freed in the middle of a switch).
 */
#include "arch/mmu.h"
#include "arch/smp.h"
#include "arch/tlb.h"
#include "mm/kstack.h"
#include "mm/page.h"
#include "sync/spinlock.h"

#define STACK_PAGES (KSTACK_SIZE / PAGE_SIZE)
#define SLOT_SIZE   (KSTACK_SIZE + PAGE_SIZE)
#define MAX_SLOTS   65536UL
#define STACK_MAGIC 0x6b63617473206b6bUL

struct stack_header {
	u64 magic;
	struct stack_header *next; /* while it is free */
	pfn_t frames[STACK_PAGES];
};

static struct spinlock kstack_lock = SPINLOCK_INIT(kstack_lock, RANK_SLAB);
static struct stack_header *free_stacks;
static u64 slots_used[BITMAP_WORDS(MAX_SLOTS)];
static u64 slot_hint; /* no free slot below it */

static struct stack_header *header_of(u64 stack)
{
	return (struct stack_header *)stack;
}

static u64 stack_of_slot(u64 slot)
{
	return KSTACK_AREA_BASE + slot * SLOT_SIZE + PAGE_SIZE;
}

static u64 slot_of_stack(u64 stack)
{
	return (stack - KSTACK_AREA_BASE) / SLOT_SIZE;
}

bool kstack_is_guard(vaddr_t addr)
{
	u64 offset = addr - KSTACK_AREA_BASE;

	return addr >= KSTACK_AREA_BASE && offset < MAX_SLOTS * SLOT_SIZE &&
	       offset % SLOT_SIZE < PAGE_SIZE;
}

bool kstack_is_intact(u64 stack)
{
	return header_of(stack)->magic == STACK_MAGIC;
}

/* MAX_SLOTS: none left. */
static u64 slot_alloc(void)
{
	irqflags_t f = spin_lock_irqsave(&kstack_lock);
	u64 slot = bitmap_next_clear(slots_used, MAX_SLOTS, slot_hint);

	if (slot < MAX_SLOTS) {
		bitmap_set(slots_used, slot);
		slot_hint = slot + 1;
	}
	spin_unlock_irqrestore(&kstack_lock, f);
	return slot;
}

static void slot_free(u64 slot)
{
	irqflags_t f = spin_lock_irqsave(&kstack_lock);

	bitmap_clear(slots_used, slot);
	slot_hint = min(slot_hint, slot);
	spin_unlock_irqrestore(&kstack_lock, f);
}

static void free_frames(const pfn_t *frames, u64 nr)
{
	while (nr--)
		page_put(pfn_to_page(frames[nr]));
}

static bool alloc_frames(pfn_t *frames)
{
	for (u64 i = 0; i < STACK_PAGES; i++) {
		struct page *p = page_alloc(0);

		if (!p) {
			free_frames(frames, i);
			return false;
		}
		frames[i] = page_to_pfn(p);
	}
	return true;
}

/* Backs a slot with frames. 0: no memory. */
static u64 map_new_stack(u64 slot)
{
	u64 stack = stack_of_slot(slot);
	pfn_t frames[STACK_PAGES];

	if (!alloc_frames(frames))
		return 0;
	if (mmu_map_kernel_pages(stack, frames, STACK_PAGES, true) < 0) {
		free_frames(frames, STACK_PAGES);
		return 0;
	}
	header_of(stack)->magic = STACK_MAGIC;
	for (u64 i = 0; i < STACK_PAGES; i++)
		header_of(stack)->frames[i] = frames[i];
	page_count_stack(STACK_PAGES);
	return stack;
}

static struct stack_header *take_free(void)
{
	irqflags_t f = spin_lock_irqsave(&kstack_lock);
	struct stack_header *h = free_stacks;

	if (h)
		free_stacks = h->next;
	spin_unlock_irqrestore(&kstack_lock, f);
	return h;
}

u64 kstack_alloc(void)
{
	struct stack_header *h = take_free();
	u64 slot, stack;

	if (h)
		return (u64)h;
	slot = slot_alloc();
	if (slot == MAX_SLOTS)
		return 0;
	stack = map_new_stack(slot);
	if (!stack)
		slot_free(slot);
	return stack;
}

void kstack_free(u64 stack)
{
	struct stack_header *h = header_of(stack);
	irqflags_t f;

	if (!kstack_is_intact(stack))
		panic("kernel stack %lx: its lowest bytes were overwritten: stack overflow", stack);
	f = spin_lock_irqsave(&kstack_lock);
	h->next = free_stacks;
	free_stacks = h;
	spin_unlock_irqrestore(&kstack_lock, f);
}

#define SHRINK_BATCH 16

struct shrink_batch {
	u32 nr;
	u64 stacks[SHRINK_BATCH];
	pfn_t frames[SHRINK_BATCH][STACK_PAGES];
};

/* On every CPU: forget the translations of these stacks. */
static void flush_batch(void *arg)
{
	const struct shrink_batch *b = arg;

	for (u32 i = 0; i < b->nr; i++)
		for (u64 page = 0; page < STACK_PAGES; page++)
			tlb_flush_page_local(b->stacks[i] + page * PAGE_SIZE);
}

static void collect_batch(struct shrink_batch *b)
{
	struct stack_header *h;

	for (b->nr = 0; b->nr < SHRINK_BATCH && (h = take_free()) != NULL; b->nr++) {
		b->stacks[b->nr] = (u64)h;
		for (u64 i = 0; i < STACK_PAGES; i++)
			b->frames[b->nr][i] = h->frames[i];
		mmu_unmap_kernel_pages((u64)h, STACK_PAGES);
	}
}

u64 kstack_shrink(void)
{
	struct shrink_batch b;
	u64 freed = 0;

	might_sleep();
	for (collect_batch(&b); b.nr; collect_batch(&b)) {
		flush_batch(&b);
		smp_call(cpus_online, flush_batch, &b);
		for (u32 i = 0; i < b.nr; i++) {
			free_frames(b.frames[i], STACK_PAGES);
			slot_free(slot_of_stack(b.stacks[i]));
		}
		freed += b.nr * STACK_PAGES;
	}
	page_count_stack(-(s64)freed);
	return freed;
}

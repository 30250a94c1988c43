/* SPDX-License-Identifier: MIT */
/* Frames: what the allocator promises, alone and from all CPUs at once. */
#include "mm/disk_ktest.h"
#include "sched/threads_ktest.h"

static bool page_is_zero(const struct page *p)
{
	const u64 *words = page_address(p);

	for (u32 i = 0; i < PAGE_SIZE / 8; i++)
		if (words[i])
			return false;
	return true;
}

KTEST(page_alloc_gives_zeroed_frames)
{
	struct page *p = page_alloc(0);

	KCHECK(p && atomic_read(&p->refs) == 1 && !atomic_read(&p->maps) && !p->flags &&
		!p->mapping);
	*(u64 *)page_address(p) = 1;
	page_put(p);
	p = page_alloc(PAGE_ZEROED); /* the same frame: the last one freed */
	KCHECK(p && page_is_zero(p));
	page_get(p);
	page_put(p);
	KCHECK(atomic_read(&p->refs) == 1);
	page_put(p);
}

static u64 nr_tables(void)
{
	struct page_stats st;

	page_get_stats(&st);
	return st.tables;
}

/* Whether its frame was a table that ended empty, one that did not, or something else. */
KTEST(page_alloc_table_gives_zeros)
{
	u64 before = nr_tables();
	struct page *kept, *p = page_alloc_table();

	KCHECK(p && page_is_zero(p) && p->flags == PG_TABLE && nr_tables() == before + 1);
	*(u64 *)page_address(p) = 1;
	page_put(p); /* as it is */
	p = page_alloc_table();
	KCHECK(p && page_is_zero(p));
	if (!p)
		return;
	kept = p;
	p->flags |= PG_EMPTY;
	page_put(p);
	p = page_alloc_table();
	KCHECK(p == kept && page_is_zero(p) && p->flags == PG_TABLE);
	page_put(p);
	KCHECK(nr_tables() == before);
}

KTEST(page_orders_are_aligned_and_disjoint)
{
	struct page *held[PAGE_MAX_ORDER + 1];

	for (u32 order = 0; order <= PAGE_MAX_ORDER; order++) {
		held[order] = page_alloc_order(order, PAGE_ZEROED);
		if (!held[order])
			continue; /* a small machine has no such block */
		KCHECK(IS_ALIGNED(page_to_pfn(held[order]), 1UL << order));
		for (u32 i = 0; i < 1u << order; i++) {
			KCHECK(page_is_zero(held[order] + i));
			*(u64 *)page_address(held[order] + i) = order + 1;
		}
	}
	for (u32 order = 0; order <= PAGE_MAX_ORDER; order++) {
		if (!held[order])
			continue;
		for (u32 i = 0; i < 1u << order; i++)
			KCHECK(*(u64 *)page_address(held[order] + i) == order + 1);
		page_free_order(held[order], order);
	}
	KCHECK(!page_alloc_order(PAGE_MAX_ORDER + 1, PAGE_NOWAIT));
}

KTEST(page_list_keeps_order)
{
	struct page_list l = { 0, 0, 0 };
	struct page *a = page_alloc(0), *b = page_alloc(0), *c = page_alloc(0);

	page_list_append(&l, b);
	page_list_append(&l, c);
	page_list_push(&l, a);
	KCHECK(l.count == 3 && page_list_first(&l) == a && page_list_last(&l) == c);
	page_list_remove(&l, b);
	KCHECK(l.count == 2 && pfn_to_page(a->next_pfn) == c && pfn_to_page(c->prev_pfn) == a);
	page_list_remove(&l, c);
	page_list_remove(&l, a);
	KCHECK(!l.count && !page_list_first(&l) && !page_list_last(&l));
	page_put(a);
	page_put(b);
	page_put(c);
}

KTEST(page_zero_page_is_zero)
{
	KCHECK(zero_page && page_is_zero(zero_page));
}

/* --- all CPUs --- */

#define SLOTS  48
#define ROUNDS 20000

static void free_slot(struct page *p, u32 order, u64 tag)
{
	for (u32 i = 0; i < 1u << order; i++)
		KCHECK(*(u64 *)page_address(p + i) == tag + i);
	page_free_order(p, order);
}

/* Holds up to SLOTS blocks, marks each frame with what only this thread writes. */
static void page_stress(void *arg, u32 index)
{
	struct page *held[SLOTS] = { NULL };
	u8 orders[SLOTS];
	u64 random = index * 1000003UL;

	(void)arg;
	for (u32 round = 0; round < ROUNDS; round++) {
		u32 s = ktest_random(&random) % SLOTS;
		u64 tag = (u64)index << 32 | s << 16;

		if (held[s]) {
			free_slot(held[s], orders[s], tag);
			held[s] = NULL;
		} else {
			orders[s] = round % 4 ? 0 : ktest_random(&random) % 4;
			held[s] = page_alloc_order(orders[s], 0);
			for (u32 i = 0; held[s] && i < 1u << orders[s]; i++)
				*(u64 *)page_address(held[s] + i) = tag + i;
		}
		if (round % 64 == 0)
			sched_yield();
	}
	for (u32 s = 0; s < SLOTS; s++)
		if (held[s])
			free_slot(held[s], orders[s], (u64)index << 32 | s << 16);
}

KTEST(page_stress_on_all_cpus_leaks_nothing)
{
	u64 before = test_frames_free(), after;

	ktest_run_crew(2 * nr_cpus, false, page_stress, NULL);
	after = test_frames_free();
	KCHECK(after + 64 > before && after < before + 64); /* others live meanwhile */
}

/* All memory that a user may have; the kernel's reserve is still there then. */
KTEST(page_exhaustion_leaves_a_reserve)
{
	struct page_stats st;
	struct page_list all = { 0, 0, 0 };
	struct page *p;

	page_get_stats(&st);
	if (st.total > GIB(2) / PAGE_SIZE)
		return;
	while ((p = page_alloc(PAGE_USER | PAGE_NOWAIT)) != NULL)
		page_list_push(&all, p);
	p = page_alloc(PAGE_NOWAIT);
	KCHECK(p);
	if (p)
		page_put(p);
	KCHECK(all.count > st.free / 2);
	while ((p = page_list_first(&all)) != NULL) {
		page_list_remove(&all, p);
		page_put(p);
	}
}

KTEST(kstack_guard_and_reuse)
{
	u64 stack = kstack_alloc();

	KCHECK(stack && IS_ALIGNED(stack, PAGE_SIZE));
	KCHECK(kstack_is_guard(stack - 1) && kstack_is_guard(stack - PAGE_SIZE));
	KCHECK(!kstack_is_guard(stack) && !kstack_is_guard(stack + KSTACK_SIZE - 1));
	KCHECK(kstack_is_guard(stack + KSTACK_SIZE));
	KCHECK(kstack_is_intact(stack));
	for (u64 at = 64; at < KSTACK_SIZE; at += 8)
		*(u64 *)(stack + at) = at;
	kstack_free(stack);
	KCHECK(kstack_alloc() == stack);
	kstack_free(stack);
	KCHECK(kstack_shrink() >= KSTACK_SIZE / PAGE_SIZE);
}

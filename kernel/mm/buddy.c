/* SPDX-License-Identifier: MIT */
/*
 * The buddy system. Every free frame belongs to exactly one free block; a block's first page
 * carries PG_BUDDY and its order and stands on free[order], the others carry nothing.
 *
 *	order 2:  0-------------3  4-------------7    the buddy of block f of order n is f ^ 2^n:
 *	order 1:  0-----1  2-----3 ...                together they are f & ~2^n of order n + 1
 *
 * Taking splits: the upper half goes to the list below, the lower half is split on. Giving merges
 * as long as the buddy is free and whole (PG_BUDDY with the same order).
 *
 * Invariant: no two buddies are both free at the same order (they would have been merged).
 * Frame 0 is never given: 0 ends the lists.
 */
#include "mm/buddy.h"

static void push_block(struct buddy *b, struct page *p, u32 order)
{
	page_list_push(&b->free[order], p);
	p->order = (u8)order;
	p->flags = PG_BUDDY;
	b->orders |= 1u << order;
}

static void remove_block(struct buddy *b, struct page *p)
{
	u32 order = p->order;

	page_list_remove(&b->free[order], p);
	p->flags = 0;
	if (!b->free[order].count)
		b->orders &= ~(1u << order);
}

struct page *buddy_take(struct buddy *b, u32 order)
{
	u32 candidates = b->orders & ~((1u << order) - 1);
	struct page *p;
	u32 at;

	if (!candidates)
		return NULL;
	at = (u32)__builtin_ctz(candidates);
	p = page_list_first(&b->free[at]);
	remove_block(b, p);
	while (at > order) {
		at--;
		push_block(b, p + (1u << at), at);
	}
	b->nr_free -= 1UL << order;
	return p;
}

struct page *buddy_take_smallest(struct buddy *b, u32 *order)
{
	if (!b->orders)
		return NULL;
	*order = min(*order, (u32)__builtin_ctz(b->orders));
	return buddy_take(b, *order);
}

/* The buddy, if it can be merged with. */
static struct page *free_buddy(pfn_t pfn, u32 order)
{
	pfn_t other = pfn ^ (1UL << order);
	struct page *p;

	if (!pfn_valid(other))
		return NULL;
	p = pfn_to_page(other);
	return (p->flags & PG_BUDDY) && p->order == order ? p : NULL;
}

void buddy_give(struct buddy *b, struct page *p, u32 order)
{
	pfn_t pfn = page_to_pfn(p);
	struct page *other;

	if (p->flags & PG_BUDDY)
		panic("buddy_give: frame %lx is free already", pfn);
	b->nr_free += 1UL << order;
	while (order < PAGE_MAX_ORDER && (other = free_buddy(pfn, order)) != NULL) {
		remove_block(b, other);
		pfn &= ~(1UL << order);
		order++;
	}
	push_block(b, pfn_to_page(pfn), order);
}

void buddy_give_range(struct buddy *b, pfn_t first, u64 nr)
{
	while (nr) {
		u32 order = min(log2_floor(nr), (u32)PAGE_MAX_ORDER);

		if (first)
			order = min(order, (u32)__builtin_ctzl(first));
		buddy_give(b, pfn_to_page(first), order);
		first += 1UL << order;
		nr -= 1UL << order;
	}
}

/* Counts the blocks of one order, following the list. */
static u64 check_list(const struct buddy *b, u32 order)
{
	const struct page_list *l = &b->free[order];
	u64 nr = 0;

	for (pfn_t pfn = l->head; pfn; pfn = pfn_to_page(pfn)->next_pfn, nr++) {
		const struct page *p = pfn_to_page(pfn);

		assert(nr < l->count && IS_ALIGNED(pfn, 1UL << order));
		assert(p->flags == PG_BUDDY && p->order == order && atomic_read(&p->refs) == 0);
		assert(order == PAGE_MAX_ORDER || !free_buddy(pfn, order));
	}
	assert(nr == l->count);
	return nr;
}

void buddy_check(const struct buddy *b)
{
	u64 frames = 0;

	for (u32 order = 0; order < BUDDY_ORDERS; order++) {
		u64 nr = check_list(b, order);

		assert(!!nr == !!(b->orders & (1u << order)));
		frames += nr << order;
	}
	assert(frames == b->nr_free);
}

/* SPDX-License-Identifier: MIT */
/*
 * Doubly linked lists of frames, linked by frame number inside struct page. A page is on one list
 * at most; who owns the list has its lock. Frame 0 is never on a list: 0 ends it.
 */
#include "mm/page.h"

static void link_between(struct page_list *l, struct page *p, u32 prev, u32 next)
{
	u32 pfn = (u32)page_to_pfn(p);

	p->prev_pfn = prev;
	p->next_pfn = next;
	*(prev ? &pfn_to_page(prev)->next_pfn : &l->head) = pfn;
	*(next ? &pfn_to_page(next)->prev_pfn : &l->tail) = pfn;
	l->count++;
}

void page_list_push(struct page_list *l, struct page *p)
{
	link_between(l, p, 0, l->head);
}

void page_list_append(struct page_list *l, struct page *p)
{
	link_between(l, p, l->tail, 0);
}

void page_list_remove(struct page_list *l, struct page *p)
{
	*(p->prev_pfn ? &pfn_to_page(p->prev_pfn)->next_pfn : &l->head) = p->next_pfn;
	*(p->next_pfn ? &pfn_to_page(p->next_pfn)->prev_pfn : &l->tail) = p->prev_pfn;
	p->next_pfn = p->prev_pfn = 0;
	l->count--;
}

struct page *page_list_first(struct page_list *l)
{
	return l->head ? pfn_to_page(l->head) : NULL;
}

struct page *page_list_last(struct page_list *l)
{
	return l->tail ? pfn_to_page(l->tail) : NULL;
}

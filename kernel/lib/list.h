/* SPDX-License-Identifier: MIT */
/* Circular doubly linked lists, intrusive: the node is a member of what it links. */
#pragma once

#include "lib/types.h"

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(name)                                                                            \
	{                                                                                          \
		&(name), &(name)                                                                   \
	}

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void list_insert_between(struct list *n, struct list *prev, struct list *next)
{
	n->prev = prev;
	n->next = next;
	prev->next = n;
	next->prev = n;
}

/* Adds n at the head (list_push) or at the tail (list_append) of the list l. */
static inline void list_push(struct list *l, struct list *n)
{
	list_insert_between(n, l, l->next);
}

static inline void list_append(struct list *l, struct list *n)
{
	list_insert_between(n, l->prev, l);
}

/* Unlinks n and leaves it an empty list of its own, so that a second removal does no harm. */
static inline void list_remove(struct list *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_init(n);
}

/* Moves everything of `from` to the tail of `to`. */
static inline void list_splice(struct list *to, struct list *from)
{
	if (list_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	list_init(from);
}

#define list_entry(n, type, member) container_of(n, type, member)
#define list_first(l, type, member) list_entry((l)->next, type, member)
#define list_last(l, type, member)  list_entry((l)->prev, type, member)

#define list_for_each(pos, l, member)                                                              \
	for (pos = list_entry((l)->next, __typeof__(*pos), member); &pos->member != (l);           \
		pos = list_entry(pos->member.next, __typeof__(*pos), member))

/* The same, but pos may be removed or freed inside the loop. */
#define list_for_each_safe(pos, tmp, l, member)                                                    \
	for (pos = list_entry((l)->next, __typeof__(*pos), member),                                \
	    tmp = list_entry(pos->member.next, __typeof__(*pos), member);                          \
		&pos->member != (l);                                                               \
		pos = tmp, tmp = list_entry(tmp->member.next, __typeof__(*tmp), member))

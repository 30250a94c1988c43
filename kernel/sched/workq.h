/* SPDX-License-Identifier: MIT */
/* Work queues: run a function soon, in a thread, where it may sleep. For interrupt handlers. One
 * worker thread a queue. */
#pragma once

#include "lib/list.h"
#include "lib/types.h"

struct work {
	struct list link;
	void (*func)(struct work *w);
	bool queued;
};

static inline void work_init(struct work *w, void (*func)(struct work *))
{
	list_init(&w->link);
	w->func = func;
	w->queued = false;
}

/* Queues it unless it is queued already. Any context. */
void work_queue(struct work *w);
void workq_init(void);

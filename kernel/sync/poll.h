/* SPDX-License-Identifier: MIT */
/*
 * poll(2), seen from what is polled: a poll function registers the queue(s) whose wake-up may
 * change the answer, then answers with EPOLLIN-like bits.
 *
 *	u32 pipe_poll(struct file *f, struct poll_table *pt) { poll_wait(pt, &pipe->waitq); return ...POLLIN...; }
 */
#pragma once

#include <asm/poll.h>
#include "sync/waitq.h"

struct poll_table {
	/* Called for every queue; NULL: only the state is asked for. */
	void (*add)(struct poll_table *pt, struct waitq *q);
};

static inline void poll_wait(struct poll_table *pt, struct waitq *q)
{
	if (pt && pt->add)
		pt->add(pt, q);
}

/* SPDX-License-Identifier: MIT */
/* A completion: one or more threads wait until something has been done once. */
#pragma once

#include "sync/waitq.h"

struct completion {
	bool done; /* the queue's lock to set */
	struct waitq waitq;
};

static inline void completion_init(struct completion *c)
{
	c->done = false;
	waitq_init(&c->waitq);
}

/* Any context. c may be freed by a waiter as soon as this has returned, not before. */
void completion_signal(struct completion *c);
/* Sleeps until it is signalled. Then nobody uses c any more but other waiters. */
void completion_wait(struct completion *c);

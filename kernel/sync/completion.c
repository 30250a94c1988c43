/* SPDX-License-Identifier: MIT */
/* Completions. Both sides take the queue's lock, so that the one who waited may free the
 * completion. */
#include "sync/completion.h"

void completion_signal(struct completion *c)
{
	irqflags_t f = spin_lock_irqsave(&c->waitq.lock);

	c->done = true;
	waitq_wake_all_locked(&c->waitq);
	spin_unlock_irqrestore(&c->waitq.lock, f);
}

static bool is_done(struct completion *c)
{
	irqflags_t f = spin_lock_irqsave(&c->waitq.lock);
	bool done = c->done;

	spin_unlock_irqrestore(&c->waitq.lock, f);
	return done;
}

void completion_wait(struct completion *c)
{
	wait_event(&c->waitq, is_done(c));
}

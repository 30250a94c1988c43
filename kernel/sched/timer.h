/* SPDX-License-Identifier: MIT */
/*
 * Timers: call a function at a time. Per CPU a tree ordered by expiry; one hardware alarm at the
 * earliest. Callbacks run in interrupt context on the CPU that started the timer, and may start it
 * again.
 */
#pragma once

#include "arch/clock.h"
#include "lib/rbtree.h"

struct timer {
	struct rb_node node;
	nsec_t expires; /* ns since boot */
	void (*func)(struct timer *t);
	u32 cpu; /* whose tree it is in; the lock of that tree */
	bool queued;
};

void timer_init(struct timer *t, void (*func)(struct timer *));
/* Starts or moves it. Any context. */
void timer_start(struct timer *t, nsec_t expires);
/* Takes it off; true if it was queued. When it returns, the callback runs nowhere (unless called
 * from it). => no lock held that the callback takes */
bool timer_cancel(struct timer *t);
/* This CPU's tree; called by sched_init() and sched_init_cpu(). */
void timer_init_cpu(void);
/* Sleeps that long, whatever signals come. */
void timer_sleep(nsec_t duration);

/* Wall clock: CLOCK_REALTIME = boot-relative time + an offset set from the RTC or by
 * clock_settime(2). */
nsec_t time_realtime(void);
void time_set_realtime(nsec_t ns);
static inline s64 time_seconds(void)
{
	return (s64)(time_realtime() / NSEC_PER_SEC);
}

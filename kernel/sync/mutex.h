/* SPDX-License-Identifier: MIT */
/* Sleeping mutual exclusion; ranked below RANK_SPIN. The locker unlocks. */
#pragma once

#include "sync/waitq.h"

struct mutex {
	struct thread *owner; /* atomically; NULL: free */
	struct waitq waitq;
	u32 rank;
	const char *name;
};

#define MUTEX_INIT(m, lock_rank)                                                                   \
	{                                                                                          \
		.waitq = WAITQ_INIT((m).waitq), .rank = (lock_rank), .name = #m                    \
	}

void mutex_init_named(struct mutex *m, enum lock_rank rank, const char *name);
#define mutex_init(m, rank) mutex_init_named(m, rank, #m)
void mutex_lock(struct mutex *m);
/* A second one of the same rank, in an order that the caller's comment names (parent before
 * child, by address). */
void mutex_lock_nested(struct mutex *m);
/* 0 or -ERESTARTSYS. */
int __must_check mutex_lock_interruptible(struct mutex *m);
bool mutex_trylock(struct mutex *m);
void mutex_unlock(struct mutex *m);
bool mutex_is_mine(const struct mutex *m);

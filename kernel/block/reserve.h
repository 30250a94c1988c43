/* SPDX-License-Identifier: MIT */
/*
 * Objects of one kind that never run out: a few are kept back for the time when there is no memory,
 * and who finds none waits until one comes back. So I/O goes on, and frees memory, when nothing
 * else does.
 *
 * Who holds an object must not wait for another one of the same reserve.
 */
#pragma once

#include "mm/slab.h"
#include "sync/waitq.h"

#define RESERVE_OBJECTS 4

struct reserve {
	struct slab_cache *cache; /* [c] */
	struct spinlock lock;     /* RANK_DEVICE */
	u32 nr;                   /* lock */
	void *objects[RESERVE_OBJECTS];
	struct waitq waitq;
};

/* Fills it. Panics without memory: at boot. */
void reserve_init(struct reserve *r, struct slab_cache *cache);
/* Not zeroed. May sleep. */
void *reserve_alloc(struct reserve *r);
/* Any context. */
void reserve_free(struct reserve *r, void *object);

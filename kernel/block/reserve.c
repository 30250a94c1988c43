// SPDX-License-Identifier: MIT
/* Objects that never run out: see reserve.h. */
#include "block/reserve.h"
#include "debug/panic.h"

/* Keeps it back, if there is room. */
static bool keep(struct reserve *r, void *object)
{
	irqflags_t f = spin_lock_irqsave(&r->lock);
	bool kept = r->nr < RESERVE_OBJECTS;

	if (kept)
		r->objects[r->nr++] = object;
	spin_unlock_irqrestore(&r->lock, f);
	return kept;
}

static void *take(struct reserve *r)
{
	irqflags_t f = spin_lock_irqsave(&r->lock);
	void *object = r->nr ? r->objects[--r->nr] : NULL;

	spin_unlock_irqrestore(&r->lock, f);
	return object;
}

void reserve_init(struct reserve *r, struct slab_cache *cache)
{
	void *object;

	r->cache = cache;
	r->nr = 0;
	spin_init(&r->lock, RANK_DEVICE);
	waitq_init(&r->waitq);
	for (u32 i = 0; i < RESERVE_OBJECTS; i++) {
		object = slab_alloc(cache, 0);
		if (!object)
			panic("reserve_init: no memory");
		keep(r, object);
	}
}

void *reserve_alloc(struct reserve *r)
{
	void *object = slab_alloc(r->cache, PAGE_RESERVE | PAGE_NOWAIT);

	if (likely(object))
		return object;
	wait_event(&r->waitq, (object = take(r)) != NULL);
	return object;
}

void reserve_free(struct reserve *r, void *object)
{
	if (!keep(r, object)) {
		slab_free(r->cache, object);
		return;
	}
	if (!waitq_empty(&r->waitq))
		waitq_wake_all(&r->waitq);
}

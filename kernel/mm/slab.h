/* SPDX-License-Identifier: MIT */
/* Small objects: caches of one size, and kmalloc on top of them. */
#pragma once

#include "lib/types.h"
#include "mm/page.h"

struct slab_cache;

/* A cache of objects of this size (name: a literal). Panics only at boot when memory is missing. */
struct slab_cache *slab_cache_create(const char *name, size_t size, size_t align);
/* An object, zeroed if PAGE_ZEROED; how: PAGE_ZEROED | PAGE_NOWAIT. NULL if memory ran out. */
void *slab_alloc(struct slab_cache *c, u32 how);
void slab_free(struct slab_cache *c, void *obj);

/* Any size up to 4 MiB; above a page, whole pages. kfree(NULL) is allowed. Aligned to 16, or to
 * the size for powers of 2. */
void *kmalloc(size_t size);
void *kzalloc(size_t size);
void *kmalloc_how(size_t size, u32 how);
void kfree(void *p);
char *kstrdup(const char *s);

struct slab_stats {
	const char *name;
	u32 size, per_slab, pages_per_slab, magazine; /* bytes, objects, frames, objects */
	u64 nr_slabs, nr_active;                      /* slabs, objects in use */
};
/* Of the cache with this number, from 0 on: false, there are no more. Exact when nobody allocates. */
bool slab_get_stats(u32 index, struct slab_stats *st);

void slab_init(void);
/* Gives empty slabs back, and before that what the CPUs keep for themselves; returns frames
 * freed. May sleep. */
u64 slab_shrink(void);

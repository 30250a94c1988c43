// SPDX-License-Identifier: MIT
/*
 * Mappings: making and ending them. What is in them is pagecache.c's, who maps them rmap.c's, what
 * is dirty writeback.c's.
 */
#include "mm/pagecache.h"
#include "mm/writeback.h"

void mapping_init(struct mapping *m, const struct mapping_ops *ops, void *host, u32 flags)
{
	*m = (struct mapping){ .ops = ops, .host = host, .flags = flags };
	spin_init(&m->lock, RANK_MAPPING);
	mutex_init(&m->rmap_lock, RANK_RMAP);
	list_init(&m->dirty_link);
}

void mapping_destroy(struct mapping *m)
{
	assert(!m->vmas.root);
	pagecache_drop(m, 0, ~0UL);
	writeback_forget(m);
	assert(!m->pages.root && !atomic_read(&m->nr_writeback));
}

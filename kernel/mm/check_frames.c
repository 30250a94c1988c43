// SPDX-License-Identifier: MIT
/*
 * Do the books of all frames agree? A census of the page array against the counters. The rules
 * (each has a planted fault in check_ktest.c):
 *
 *	free-state       a free frame has no references, no maps, no flags
 *	free-count       frames in free blocks and CPUs' caches are as many as counted
 *	slab-count, table-count, anon-count, cache-total, shmem-total, mapped-total, dirty-total,
 *	writeback-total  frames of each kind, too (/proc/meminfo)
 *	mlocked-total    so are the pages that mlock(2) holds
 *	lru-flags        pages on an LRU list have its flags, and the lists are as long as counted
 *	lru-count        pages with these flags are as many as on the lists
 *	lazy-count       pages that MADV_FREE gave up are as many as on their list
 *	anon-maps        private pages are mapped as often as address spaces count (RSS)
 *	page-leak        a page has no other references than those of its entries and of the cache
 *	commit-total     as much memory is promised (Committed_AS) as VMAs with VMA_ACCOUNT and shared
 *	                 memory add up to
 *
 * The rest of the machine goes on meanwhile, so a finding may be a moment's: check_all_or_panic()
 * looks again.
 */
#include "mm/check.h"
#include "debug/panic.h"
#include "mm/commit.h"
#include "mm/lazyfree.h"
#include "mm/lru.h"
#include "mm/pagecache.h"
#include "sched/timer.h"

struct census {
	u64 free, slab, table, anon, anon_maps, cached, shmem, mapped, dirty, writeback, active,
		inactive, mlocked, lazy;
	pfn_t leaked; /* a page with a reference too many; 0: none */
};

/* A free block, of which only the head has a flag. */
static bool count_free(const struct page *head, struct census *c, struct check_finding *f)
{
	u64 nr = 1UL << head->order;

	c->free += nr;
	for (const struct page *p = head; p < head + nr; p++)
		if (atomic_read(&p->refs) || atomic_read(&p->maps) || p->mapping ||
			p->flags != (p == head ? PG_BUDDY : 0))
			return check_broken(f, "free-state",
				"frame %lx is free, with %d references, %d maps, flags %x, owner "
				"%p",
				page_to_pfn(p), atomic_read(&p->refs), atomic_read(&p->maps),
				p->flags, p->owner);
	return true;
}

static void look_for_leak(const struct page *p, s32 holders, struct census *c)
{
	if (atomic_read(&p->refs) != holders && !page_test(p, PG_LOCKED | PG_WRITEBACK))
		c->leaked = page_to_pfn(p);
}

/* Filesystems keep pages of their disk as long as they are mounted. The mapping may be gone by now:
 * then the frame is counted for nothing, once. */
static bool is_of_disk(const struct page *p)
{
	const struct mapping *m = __atomic_load_n(&p->mapping, __ATOMIC_RELAXED);

	return m && (m->flags & MAPPING_BDEV);
}

static void count_cached(const struct page *p, struct census *c)
{
	bool memory = page_test(p, PG_SWAPBACKED);

	c->cached++;
	c->shmem += memory;
	c->mapped += atomic_read(&p->maps) > 0;
	c->dirty += !memory && page_test(p, PG_DIRTY);
	c->writeback += page_test(p, PG_WRITEBACK);
	c->active += page_test(p, PG_LRU) && page_test(p, PG_ACTIVE);
	c->inactive += page_test(p, PG_LRU) && !page_test(p, PG_ACTIVE);
	if (!is_of_disk(p))
		look_for_leak(p, atomic_read(&p->maps) + 1, c);
}

static bool count_frame(const struct page *p, struct census *c, struct check_finding *f)
{
	if (!p->flags && !p->mapping)
		return true; /* the kernel's, or in a free block */
	if (page_test(p, PG_RESERVED))
		return true;
	if (page_test(p, PG_BUDDY))
		return count_free(p, c, f);
	c->mlocked += page_is_mlocked(p);
	if (page_test(p, PG_SLAB)) {
		c->slab++;
	} else if (page_test(p, PG_TABLE)) {
		c->table++;
	} else if (page_test(p, PG_ANON)) {
		c->anon++;
		c->lazy += page_is_lazy(p);
		c->anon_maps += (u64)atomic_read(&p->maps);
		look_for_leak(p, atomic_read(&p->maps), c);
	} else if (p->mapping) {
		count_cached(p, c);
	}
	return true;
}

static bool agree(const char *rule, u64 found, u64 counted, struct check_finding *f)
{
	return found == counted || check_broken(f, rule, "%lu, counted as %lu", found, counted);
}

/* Private pages that the address spaces count. */
static u64 sum_of_anon_rss(void)
{
	struct mm *mm = NULL;
	s64 sum = 0;

	while ((mm = mm_next(mm)) != NULL)
		sum += atomic64_read(&mm->rss_anon);
	return (u64)sum;
}

static u64 promised_to(struct mm *mm)
{
	struct vma *v;
	u64 sum = 0;

	rwsem_read_lock(&mm->lock);
	vma_for_each(v, &mm->vmas)
	{
		if (v->flags & VMA_ACCOUNT)
			sum += vma_pages(v);
	}
	rwsem_read_unlock(&mm->lock);
	return sum;
}

/* => no mm->lock held */
static bool check_commit(struct check_finding *f)
{
	u64 sum = commit_shared_sum();
	struct mm *mm = NULL;

	while ((mm = mm_next(mm)) != NULL)
		sum += promised_to(mm);
	return agree("commit-total", sum, commit_total(), f);
}

static bool check_counters(const struct census *c, struct check_finding *f)
{
	struct pagecache_stats cache;
	struct page_stats frames;
	struct lazyfree_stats lazy;
	struct lru_stats lru;

	lazyfree_get_stats(&lazy);
	page_get_stats(&frames);
	pagecache_get_stats(&cache);
	lru_get_stats(&lru);
	return agree("free-count", c->free, frames.free, f) &&
	       agree("slab-count", c->slab, frames.kernel_slab, f) &&
	       agree("table-count", c->table, frames.tables, f) &&
	       agree("anon-count", c->anon, frames.anon, f) &&
	       agree("cache-total", c->cached, cache.cached, f) &&
	       agree("shmem-total", c->shmem, cache.shmem, f) &&
	       agree("mapped-total", c->mapped, cache.mapped, f) &&
	       agree("dirty-total", c->dirty, cache.dirty, f) &&
	       agree("writeback-total", c->writeback, cache.writeback, f) &&
	       agree("mlocked-total", c->mlocked, lru.mlocked, f) &&
	       agree("lru-count", c->active, lru.active, f) &&
	       agree("lru-count", c->inactive, lru.inactive, f) &&
	       agree("lazy-count", c->lazy, lazy.pages, f) &&
	       agree("anon-maps", c->anon_maps, sum_of_anon_rss(), f);
}

bool check_frames(struct check_finding *f)
{
	struct census c = { 0 };
	pfn_t bad;

	f->rule = NULL;
	page_drain_caches();
	for (pfn_t pfn = 0; pfn < page_array_end; pfn++)
		if (!count_frame(pfn_to_page(pfn), &c, f))
			return false;
	bad = lru_find_bad();
	if (bad)
		return check_broken(f, "lru-flags", "frame %lx: flags %x, or its list's count", bad,
			pfn_to_page(bad)->flags);
	if (!check_counters(&c, f) || !check_commit(f))
		return false;
	return !c.leaked ||
	       check_broken(f, "page-leak", "frame %lx: %d references, %d maps, flags %x", c.leaked,
		       atomic_read(&pfn_to_page(c.leaked)->refs),
		       atomic_read(&pfn_to_page(c.leaked)->maps), pfn_to_page(c.leaked)->flags);
}

/* --- everything --- */

/* Of each mapping only once: by the VMA that is first in its tree. => mm->lock held */
static bool check_mappings_of(struct mm *mm, struct check_finding *f)
{
	struct vma *v;
	bool ok = true;

	vma_for_each(v, &mm->vmas)
	{
		if (!v->mapping)
			continue;
		mutex_lock(&v->mapping->rmap_lock);
		if (rb_first(&v->mapping->vmas) == &v->rmap_node)
			ok = check_mapping(v->mapping, f);
		mutex_unlock(&v->mapping->rmap_lock);
		if (!ok)
			return false;
	}
	return true;
}

static bool check_spaces(struct check_finding *f)
{
	struct mm *mm = NULL;
	bool ok = true;

	while ((mm = mm_next(mm)) != NULL) {
		rwsem_read_lock(&mm->lock);
		ok = check_mm(mm, f) && check_mappings_of(mm, f);
		rwsem_read_unlock(&mm->lock);
		if (!ok) {
			mm_put(mm);
			return false;
		}
	}
	return true;
}

#define PATIENCE 200 /* looks, 5 ms apart */

void check_all_or_panic(void)
{
	struct check_finding f;

	for (u32 i = 0; i < PATIENCE; i++) {
		if (check_spaces(&f) && check_frames(&f))
			return;
		timer_sleep(5 * NSEC_PER_MSEC);
	}
	panic("mm_check: %s: %s", f.rule, f.text);
}

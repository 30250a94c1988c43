// SPDX-License-Identifier: MIT
/*
 * VMAs backed by a file: the pages of its cache, and private copies of them. back_shm (shared
 * memory, tmpfs) is the same without a disk: pages are born as zeros, and nobody needs to know of
 * the first write.
 *
 * Mapping a cached page needs no page lock: it happens under mapping->lock while the page is in the
 * tree and before the end of the file, which is what truncation (truncate.c) and reclaim decide by.
 * Making one writable takes the page lock: that orders it with writeback.
 *
 * Not here: waiting for reads (fault.c), which pages to read (readahead.c).
 * Locks: pt_lock, then mapping->lock; the page lock by trylock only.
 */
#include "arch/tlb.h"
#include "mm/fault.h"
#include "mm/lru.h"
#include "mm/zap.h"

#define AROUND                                                                                     \
	(16 * PAGE_SIZE) /* cached neighbours in this aligned block are mapped in the same visit */

const struct vma_ops *back_for(const struct mapping *m)
{
	if (!m)
		return &back_anon;
	if (m->flags & MAPPING_HUGE)
		return &back_huge;
	return m->flags & MAPPING_SWAPBACKED ? &back_shm : &back_file;
}

/* --- asking fault_resolve() to wait --- */

static void keep_file(struct fault *f)
{
	struct vma *v = f->vma;

	f->mapping = v->mapping;
	f->index = vma_pgoff_at(v, f->addr);
	f->advice = v->flags & VMA_RANDOM       ? RA_RANDOM
		    : v->flags & VMA_SEQUENTIAL ? RA_SEQUENTIAL
						: RA_NORMAL;
	f->file = v->file;
	f->file_ops = v->file_ops;
	if (f->file)
		f->file_ops->get(f->file);
}

/* p: a reference that goes along, or NULL. */
static enum fault_step wait_for(struct fault *f, enum fault_wait what, struct page *p)
{
	keep_file(f);
	f->wait = what;
	f->page = p;
	return FAULT_WAIT;
}

/* Space for a page of a mapping without a disk; it counts as used, and is dirty, from now on. =>
 * page locked */
static int take_space(struct mapping *m, struct page *p)
{
	int err = 0;

	if (page_test(p, PG_DIRTY))
		return 0;
	if (m->ops->prepare_write)
		err = m->ops->prepare_write(m, p, 0, PAGE_SIZE);
	if (err)
		pagecache_remove_unused(m, p); /* zeros are not worth keeping */
	else
		pagecache_mark_dirty(p);
	return err;
}

static enum fault_step step_for(int err)
{
	return !err ? FAULT_DONE : err == -ENOMEM ? FAULT_NOMEM : FAULT_SIGBUS;
}

/* The page is missing or being read. A mapping without a disk makes it at once; it may wait for
 * memory, as any fault. */
static enum fault_step get_page_in(struct fault *f)
{
	struct mapping *m = f->vma->mapping;
	struct page *p;
	int err;

	if (m->ops->read_pages)
		return wait_for(f, WAIT_READ, NULL);
	p = pagecache_grab(m, vma_pgoff_at(f->vma, f->addr));
	if (IS_ERR(p))
		return FAULT_NOMEM;
	/* Race (found by shmem_truncate_storm): the file was cut since we looked, and the cut may have come
	 * by here already. Then the page would stay behind the end, and be paid for. */
	if (unlikely(page_index(p) >= mapping_end_index(m))) {
		pagecache_remove_unused(m, p);
		err = -ENXIO;
	} else {
		err = take_space(m, p);
		if (!err)
			err = pagecache_fill(m, p);
	}
	page_unlock(p);
	page_put(p);
	return step_for(err);
}

/* --- mapping what is cached --- */

/* An entry may be born writable only if the page has its space already (no disk, dirty). */
static bool is_usable(const struct mapping *m, const struct page *p, u32 rights)
{
	return p && page_test(p, PG_UPTODATE) && page_index(p) < mapping_end_index(m) &&
	       (!(rights & PTE_WRITE_OK) || page_test(p, PG_DIRTY));
}

/* => pt_lock and mapping->lock held */
static void map_page(struct fault *f, pte_t *slot, struct page *p, pte_t pte)
{
	page_get(p);
	page_map_inc(p);
	if (unlikely(f->vma->flags & VMA_LOCKED))
		lru_mlock(p);
	pte_set(slot, pte);
	if (unlikely(page_test(p, PG_READAHEAD)) && !f->page) {
		page_get(p);
		f->page = p;
	}
}

/*
 * Maps those of the neighbours of f->addr that are cached and not mapped; they count as used, as on
 * Linux on this machine. The block is cut to the VMA and to one leaf of the mapping's tree
 * (`entries`, those in `present`); it lies in one page table.
 */
static u32 map_around(struct fault *f, u32 rights, void *const *entries, u64 present)
{
	struct vma *v = f->vma;
	pgoff_t here = vma_pgoff_at(v, f->addr);
	vaddr_t block = ALIGN_DOWN(f->addr, AROUND);
	u64 below = min(f->addr - max(block, v->start), (here % 64) << PAGE_SHIFT) >> PAGE_SHIFT;
	u64 above = min(min(block + AROUND, v->end) - f->addr, (64 - here % 64) << PAGE_SHIFT) >>
		    PAGE_SHIFT;
	pte_t *slot = f->slot - here % 64; /* of the leaf's first index, were it mapped */
	u32 nr = 0;

	present &= (1UL << (here % 64 + above - 1) << 1) - (1UL << (here % 64 - below));
	for (; present; present &= present - 1) {
		u32 i = (u32)__builtin_ctzl(present);
		struct page *p = entries[i];

		if (!pte_none(pte_get(&slot[i])) || !is_usable(v->mapping, p, rights) ||
			page_test(p, PG_ERROR))
			continue;
		map_page(f, &slot[i], p, pte_make(page_to_pfn(p), rights));
		nr++;
	}
	return nr;
}

/* => pt_lock and mapping->lock held. Returns the number of pages mapped; 0: that of f->addr is not
 * usable. */
static u32 map_cached_locked(struct fault *f, u32 rights)
{
	struct mapping *m = f->vma->mapping;
	pgoff_t index = vma_pgoff_at(f->vma, f->addr);
	u64 present;
	void *const *entries = radix_leaf(&m->pages, index, &present);
	struct page *p = present >> index % 64 & 1 ? entries[index % 64] : NULL;

	if (unlikely(!is_usable(m, p, rights)))
		return 0;
	map_page(f, f->slot, p, pte_make(page_to_pfn(p), rights));
	return 1 + (f->vma->flags & VMA_RANDOM ? 0 : map_around(f, rights, entries, present));
}

/* A missing entry: maps the cached page with these rights, and what is around it. FAULT_WAIT: it is
 * not cached. */
static enum fault_step map_cached(struct fault *f, u32 rights)
{
	struct mapping *m = f->vma->mapping;
	enum fault_step step;
	u32 nr;

	if (!fault_lock_entry(f, &step))
		return step;
	spin_lock(&m->lock);
	nr = map_cached_locked(f, rights);
	spin_unlock(&m->lock);
	mm_add_rss(m->flags & MAPPING_SWAPBACKED ? &f->mm->rss_shmem : &f->mm->rss_file, nr);
	fault_unlock_entry(f);
	if (unlikely(f->page))
		keep_file(f); /* for the read-ahead, after the locks are gone */
	return nr ? FAULT_DONE : FAULT_WAIT;
}

static enum fault_step map_cached_or_wait(struct fault *f, u32 rights)
{
	enum fault_step step = map_cached(f, rights);

	if (step != FAULT_WAIT)
		return step;
	step = get_page_in(f);
	if (step != FAULT_DONE)
		return step;
	step = map_cached(f, rights);
	/* Race (found by mm_storm): a hole was punched in between. The access simply faults once
	 * more. */
	return step == FAULT_WAIT ? FAULT_DONE : step;
}

static enum fault_step file_read(struct fault *f)
{
	u32 rights = vma_rights(f->vma);

	if (vma_is_private(f->vma) || mapping_has_disk(f->vma->mapping))
		rights &= ~PTE_WRITE_OK;
	return map_cached_or_wait(f, rights);
}

/* --- writing --- */

static void note_store(struct mapping *m)
{
	if (m->ops->stored)
		m->ops->stored(m);
}

/* The cached page, up to date, with a reference; NULL: *step is the answer. */
static struct page *find_page(struct fault *f, enum fault_step *step)
{
	struct mapping *m = f->vma->mapping;
	struct page *p = pagecache_find(m, vma_pgoff_at(f->vma, f->addr));

	if (p && page_test(p, PG_UPTODATE))
		return p;
	if (p)
		page_put(p);
	*step = get_page_in(f);
	return *step == FAULT_DONE ? pagecache_find(m, vma_pgoff_at(f->vma, f->addr)) : NULL;
}

/* A private mapping's missing page is written: straight to the copy. */
static enum fault_step file_copy(struct fault *f)
{
	struct mapping *m = f->vma->mapping;
	enum fault_step step;
	struct page *p = find_page(f, &step), *copy;

	if (!p)
		return step;
	copy = page_alloc(PAGE_USER);
	if (copy)
		page_copy(copy, p);
	page_put(p);
	if (!copy)
		return FAULT_NOMEM;
	if (!fault_lock_entry(f, &step)) {
		page_put(copy);
		return step;
	}
	/* truncated meanwhile */
	if (unlikely(vma_pgoff_at(f->vma, f->addr) >= mapping_end_index(m))) {
		fault_unlock_entry(f);
		page_put(copy);
		return FAULT_SIGBUS;
	}
	fault_set_private(f, copy);
	fault_unlock_entry(f);
	return FAULT_DONE;
}

/* Makes the entry of this locked, dirty page writable. */
static enum fault_step make_writable(struct fault *f, struct page *p)
{
	struct mapping *m = f->vma->mapping;
	pte_t pte = pte_mkdirty(pte_make(page_to_pfn(p), vma_rights(f->vma)));
	bool was_mapped = pte_present(f->seen);
	enum fault_step step;

	if (!fault_lock_entry(f, &step))
		return step;
	if (!was_mapped) {
		page_get(p);
		page_map_inc(p);
		if (unlikely(f->vma->flags & VMA_LOCKED))
			lru_mlock(p);
		mm_add_rss(m->flags & MAPPING_SWAPBACKED ? &f->mm->rss_shmem : &f->mm->rss_file, 1);
	}
	pte_set(f->slot, pte);
	fault_unlock_entry(f);
	if (was_mapped)
		tlb_flush_page_local(f->addr);
	return FAULT_DONE;
}

/*
 * page_mkwrite: the filesystem provides space, the page is dirty, then the entry is writable. The
 * page is locked, and so, while it is the mapping's, neither truncated nor written.
 */
static enum fault_step mkwrite_locked(struct fault *f, struct page *p)
{
	struct mapping *m = f->vma->mapping;
	pgoff_t index = vma_pgoff_at(f->vma, f->addr);
	u64 offset = index << PAGE_SHIFT, size = mapping_size(m);
	int err = 0;

	if (p->mapping != m)
		return FAULT_DONE; /* it went while we locked it: look again */
	if (offset >= size)
		return FAULT_SIGBUS;
	if (pte_present(f->seen) && pte_pfn(f->seen) != page_to_pfn(p))
		return FAULT_DONE;
	if (m->ops->prepare_write)
		err = m->ops->prepare_write(m, p, 0, (u32)min(PAGE_SIZE, size - offset));
	if (err)
		return step_for(err);
	if (m->flags & MAPPING_BDEV)
		pagecache_mark_dirty_range(p, 0, PAGE_SIZE);
	else
		pagecache_mark_dirty(p);
	f->dirtied = true;
	note_store(m);
	return make_writable(f, p);
}

static enum fault_step file_write(struct fault *f)
{
	struct mapping *m = f->vma->mapping;
	enum fault_step step;
	struct page *p;

	if (!mapping_has_disk(m) && pte_none(f->seen)) {
		step = map_cached_or_wait(f, vma_rights(f->vma));
		if (step == FAULT_DONE)
			note_store(m);
		return step;
	}
	p = find_page(f, &step);
	if (!p)
		return step;
	if (mapping_has_disk(m) && m->ops->prepare_write && !f->prepared)
		return wait_for(f, WAIT_PREPARE, p);
	if (!page_trylock(p))
		return wait_for(f, WAIT_LOCKED, p);
	step = mkwrite_locked(f, p);
	page_unlock(p);
	page_put(p);
	return step;
}

static enum fault_step file_fault(struct fault *f)
{
	if (vma_pgoff_at(f->vma, f->addr) >= mapping_end_index(f->vma->mapping))
		return FAULT_SIGBUS;
	if (unlikely(fault_always_wait) && !f->pinned && f->vma->mapping->ops->read_pages)
		return wait_for(f, WAIT_READ, NULL);
	if (!(f->access & FAULT_WRITE))
		return file_read(f);
	if (!vma_is_private(f->vma))
		return file_write(f);
	return pte_present(f->seen) ? cow_break(f) : file_copy(f);
}

const struct vma_ops back_file = { .name = "file", .fault = file_fault };
const struct vma_ops back_shm = { .name = "shm", .fault = file_fault };

// SPDX-License-Identifier: MIT
/*
 * Every rule of check.c, check_cache.c and check_frames.c notices the fault that it is for: each
 * fault is planted in an address space and a file made for it, found by its name, and mended.
 */
#include <linux/mman.h>
#include "mm/buddy.h"
#include "mm/check.h"
#include "mm/commit.h"
#include "mm/disk_ktest.h"
#include "mm/fault.h"
#include "mm/lru.h"
#include "mm/rmap.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON 0x10000000UL /* 8 pages, of which [0..3] are written, [4] is read */
#define TOP  0x20000000UL /* 4 pages more, far above */
#define FILE 0x30000000UL /* a file on a disk, shared: 8 pages, all mapped, [0] written */
#define COPY 0x40000000UL /* the same, private: [0] is mapped, [1] copied */
#define MEMO 0x50000000UL /* shared memory, read only: 4 pages, [0] and [1] mapped */

struct scene {
	struct mm *mm;
	struct test_disk *disk, *memory;
	u64 kept[2]; /* for mend() */
	struct vma fake;
};

static vaddr_t map(
	struct scene *s, vaddr_t addr, u64 pages, u32 prot, u32 flags, struct test_disk *d)
{
	struct map_request rq = { .addr = addr,
		.len = pages * PAGE_SIZE,
		.prot = prot,
		.flags = flags | MAP_FIXED | (d ? 0 : MAP_ANONYMOUS),
		.mapping = d ? &d->m : NULL,
		.file = d,
		.file_ops = d ? &test_file_ops : NULL,
		.file_readable = true,
		.file_writable = true };

	return (vaddr_t)mm_map(s->mm, &rq);
}

static bool touch(struct scene *s, vaddr_t addr, bool write)
{
	u64 value = 1;

	return mm_access(s->mm, addr, &value, 8, write ? ACCESS_WRITE : 0) == 8;
}

static void set_up(struct scene *s)
{
	s->mm = mm_create();
	s->disk = test_disk_create(8, false);
	s->memory = test_disk_create(4, true);
	KCHECK(map(s, ANON, 8, RW, MAP_PRIVATE, NULL) == ANON);
	KCHECK(map(s, TOP, 4, RW, MAP_PRIVATE, NULL) == TOP);
	KCHECK(map(s, FILE, 8, RW, MAP_SHARED, s->disk) == FILE);
	KCHECK(map(s, COPY, 8, RW, MAP_PRIVATE, s->disk) == COPY);
	KCHECK(map(s, MEMO, 4, PROT_READ, MAP_SHARED, s->memory) == MEMO);
	for (u64 i = 0; i < 4; i++)
		KCHECK(touch(s, ANON + i * PAGE_SIZE, true));
	KCHECK(touch(s, ANON + 4 * PAGE_SIZE, false));
	for (u64 i = 0; i < 8; i++)
		KCHECK(touch(s, FILE + i * PAGE_SIZE, false));
	KCHECK(touch(s, FILE, true) && touch(s, COPY, false) && touch(s, COPY + PAGE_SIZE, true));
	KCHECK(touch(s, MEMO, false) && touch(s, MEMO + PAGE_SIZE, false));
}

static void take_down(struct scene *s)
{
	mm_leave(s->mm);
	test_disk_destroy(s->disk);
	test_disk_destroy(s->memory);
}

static struct vma *vma_of_scene(struct scene *s, vaddr_t addr)
{
	return vma_find_slow(&s->mm->vmas, addr);
}

static pte_t *slot(struct scene *s, vaddr_t addr)
{
	return pt_find(&s->mm->mmu, addr);
}

static struct page *page_at(struct scene *s, vaddr_t addr)
{
	return pfn_to_page(pte_pfn(pte_get(slot(s, addr))));
}

/* --- faults: plant(s, true) makes it, plant(s, false) mends it --- */

static void swap_kept(u64 *value, u64 *kept, u64 wrong, bool make)
{
	if (make) {
		*kept = *value;
		*value = wrong;
	} else {
		*value = *kept;
	}
}

static void plant_vma_place(struct scene *s, bool make)
{
	swap_kept(&vma_of_scene(s, TOP)->end, &s->kept[0], TOP + PAGE_SIZE + 8, make);
}

static void plant_vma_order(struct scene *s, bool make)
{
	struct vma *v = make ? vma_of_scene(s, TOP) : (struct vma *)s->kept[1];

	s->kept[1] = (u64)v;
	swap_kept(&v->start, &s->kept[0], ANON + 7 * PAGE_SIZE, make);
}

static void plant_vma_gap(struct scene *s, bool make)
{
	vma_of_scene(s, TOP)->gap += make ? PAGE_SIZE : -PAGE_SIZE;
}

static void plant_vma_gap_max(struct scene *s, bool make)
{
	struct vma *v = rb_entry(s->mm->vmas.tree.root, struct vma, node);

	v->gap_max += make ? PAGE_SIZE : -PAGE_SIZE;
}

static void plant_vma_rights(struct scene *s, bool make)
{
	vma_of_scene(s, TOP)->flags ^= VMA_MAYWRITE;
	(void)make;
}

static void plant_vma_backing(struct scene *s, bool make)
{
	vma_of_scene(s, TOP)->ops = make ? &back_shm : &back_anon;
}

static void plant_vma_account(struct scene *s, bool make)
{
	vma_of_scene(s, ANON)->flags ^= VMA_ACCOUNT;
	(void)make;
}

static void plant_vma_hint(struct scene *s, bool make)
{
	s->fake = *vma_of_scene(s, TOP);
	s->mm->vmas.last_found = make ? &s->fake : NULL;
}

static void plant_rmap_missing(struct scene *s, bool make)
{
	struct vma *v = vma_of_scene(s, FILE);

	mutex_lock(&v->mapping->rmap_lock);
	if (make)
		rmap_remove(v);
	else
		rmap_insert(v);
	mutex_unlock(&v->mapping->rmap_lock);
}

#define PLANT_COUNTER(rule, field)                                                                 \
	static void plant_##rule(struct scene *s, bool make)                                       \
	{                                                                                          \
		s->mm->field += make ? 1 : -1;                                                     \
	}
PLANT_COUNTER(count_vmas, vmas.count)
PLANT_COUNTER(count_total, total_pages)
PLANT_COUNTER(count_data, data_pages)
PLANT_COUNTER(count_stack, stack_pages)
PLANT_COUNTER(count_exec, exec_pages)
PLANT_COUNTER(count_locked, locked_pages)
PLANT_COUNTER(count_tables, mmu.nr_tables)
PLANT_COUNTER(rss_anon, rss_anon.v)
PLANT_COUNTER(rss_file, rss_file.v)
PLANT_COUNTER(rss_shmem, rss_shmem.v)

static void plant_table_frame(struct scene *s, bool make)
{
	struct page *table = virt_to_page(slot(s, ANON));

	atomic_add_return(&table->refs, make ? 1 : -1);
}

/* An entry behind the VMA's end, in a table that is there. */
static void plant_pte_stray(struct scene *s, bool make)
{
	pte_set(slot(s, ANON + 8 * PAGE_SIZE), make ? pte_get(slot(s, ANON)) : 0);
}

static void plant_pte_rights(struct scene *s, bool make)
{
	u32 rights = make ? PTE_WRITE_OK | PTE_EXEC_OK : PTE_WRITE_OK;

	pte_set(slot(s, ANON), pte_modify(pte_get(slot(s, ANON)), rights));
}

/* The frame was freed too early, and became a slab's. */
static void plant_pte_frame(struct scene *s, bool make)
{
	if (make)
		page_set(page_at(s, ANON), PG_SLAB);
	else
		page_clear(page_at(s, ANON), PG_SLAB);
}

static void plant_zero_page(struct scene *s, bool make)
{
	pte_t *e = slot(s, ANON + 4 * PAGE_SIZE);

	pte_set(e, pte_modify(pte_get(e), make ? PTE_WRITE_OK : 0));
}

static void plant_page_refs(struct scene *s, bool make)
{
	atomic_add_return(&page_at(s, ANON)->refs, make ? -1 : 1);
}

/* Locked in the VMA and its counter, but not in memory. */
static void plant_page_mlocked(struct scene *s, bool make)
{
	struct vma *v = vma_of_scene(s, ANON);

	v->flags ^= VMA_LOCKED;
	s->mm->locked_pages += make ? vma_pages(v) : -vma_pages(v);
}

static void plant_anon_shared(struct scene *s, bool make)
{
	if (make)
		page_set(page_at(s, MEMO), PG_ANON);
	else
		page_clear(page_at(s, MEMO), PG_ANON);
}

static void plant_anon_unmarked(struct scene *s, bool make)
{
	vma_of_scene(s, ANON)->ever_private = !make;
}

/* Copy on write was forgotten. */
static void plant_anon_writable(struct scene *s, bool make)
{
	struct page *p = page_at(s, ANON);

	atomic_add_return(&p->refs, make ? 1 : -1);
	atomic_add_return(&p->maps, make ? 1 : -1);
}

/* It is on nobody's list. */
static void plant_lazy(struct scene *s, bool make)
{
	if (make)
		page_set(page_at(s, ANON), PG_LRU);
	else
		page_clear(page_at(s, ANON), PG_LRU);
}

static void plant_cache_place(struct scene *s, bool make)
{
	page_set_index(page_at(s, MEMO), make ? 3 : 0);
}

static void plant_cache_gone(struct scene *s, bool make)
{
	page_at(s, MEMO)->mapping = make ? NULL : &s->memory->m;
}

/* A store would be lost. */
static void plant_cache_clean(struct scene *s, bool make)
{
	pte_t *e = slot(s, FILE + 5 * PAGE_SIZE);

	pte_set(e, pte_modify(pte_get(e), make ? PTE_WRITE_OK : 0));
}

/* --- of a mapping --- */

static void plant_rmap_order(struct scene *s, bool make)
{
	vma_of_scene(s, COPY)->rmap_last_max += make ? 1 : -1UL;
}

static void plant_rmap_owner(struct scene *s, bool make)
{
	vma_of_scene(s, COPY)->mapping = make ? &s->memory->m : &s->disk->m;
}

static void plant_rmap_writers(struct scene *s, bool make)
{
	s->disk->m.nr_shared_writable += make ? 1 : -1u;
}

static void plant_cache_owner(struct scene *s, bool make)
{
	page_at(s, FILE)->mapping = make ? &s->memory->m : &s->disk->m;
}

static void plant_cache_index(struct scene *s, bool make)
{
	page_set_index(page_at(s, FILE), make ? 3 : 0);
}

static void plant_cache_kind(struct scene *s, bool make)
{
	if (make)
		page_set(page_at(s, FILE), PG_SWAPBACKED);
	else
		page_clear(page_at(s, FILE), PG_SWAPBACKED);
}

static void plant_cache_refs(struct scene *s, bool make)
{
	atomic_add_return(&page_at(s, FILE)->refs, make ? -1 : 1);
}

static void plant_cache_lru(struct scene *s, bool make)
{
	if (make)
		lru_remove(page_at(s, FILE));
	else
		lru_add(page_at(s, FILE));
}

static void plant_cache_dirty(struct scene *s, bool make)
{
	if (make)
		page_clear(page_at(s, FILE), PG_DIRTY);
	else
		page_set(page_at(s, FILE), PG_DIRTY);
}

static void plant_cache_unwritten(struct scene *s, bool make)
{
	if (make)
		radix_set_tag(&s->memory->m.pages, 0, MAPPING_TAG_UNWRITTEN);
	else
		radix_clear_tag(&s->memory->m.pages, 0, MAPPING_TAG_UNWRITTEN);
}

static void plant_cache_writeback(struct scene *s, bool make)
{
	if (make)
		page_set(page_at(s, FILE + PAGE_SIZE), PG_WRITEBACK);
	else
		page_clear(page_at(s, FILE + PAGE_SIZE), PG_WRITEBACK);
}

static void plant_cache_count(struct scene *s, bool make)
{
	s->disk->m.pages.count += make ? 1 : -1UL;
}

static void plant_rmap_maps(struct scene *s, bool make)
{
	struct page *p = page_at(s, FILE);

	atomic_add_return(&p->refs, make ? 1 : -1);
	atomic_add_return(&p->maps, make ? 1 : -1);
}

/* --- looking for them --- */

struct fault_plan {
	const char *rule;
	void (*plant)(struct scene *s, bool make);
};

static bool look_at_mm(struct scene *s, struct check_finding *f)
{
	bool ok;

	rwsem_read_lock(&s->mm->lock);
	ok = check_mm(s->mm, f);
	rwsem_read_unlock(&s->mm->lock);
	return ok;
}

static bool look_at_mapping(struct mapping *m, struct check_finding *f)
{
	bool ok;

	mutex_lock(&m->rmap_lock);
	ok = check_mapping(m, f);
	mutex_unlock(&m->rmap_lock);
	return ok;
}

static bool look_at_disk(struct scene *s, struct check_finding *f)
{
	return look_at_mapping(&s->disk->m, f);
}

static bool look_at_memory(struct scene *s, struct check_finding *f)
{
	return look_at_mapping(&s->memory->m, f);
}

static void expect(struct scene *s, const struct fault_plan *plan,
	bool (*look)(struct scene *s, struct check_finding *f))
{
	struct check_finding f = { 0 };

	plan->plant(s, true);
	if (look(s, &f))
		ktest_fail(__FILE__, __LINE__, plan->rule);
	else if (strcmp(f.rule, plan->rule) != 0)
		pr_err("check: %s was found as %s: %s", plan->rule, f.rule, f.text);
	KCHECK(f.rule && strcmp(f.rule, plan->rule) == 0);
	plan->plant(s, false);
	if (!look(s, &f))
		pr_err("check: after %s: %s: %s", plan->rule, f.rule, f.text);
	KCHECK(look(s, &f) && !f.rule);
}

KTEST(check_notices_each_fault_of_an_mm)
{
	static const struct fault_plan plans[] = {
		{ "vma-place", plant_vma_place },
		{ "vma-order", plant_vma_order },
		{ "vma-gap", plant_vma_gap },
		{ "vma-gap-max", plant_vma_gap_max },
		{ "vma-rights", plant_vma_rights },
		{ "vma-backing", plant_vma_backing },
		{ "vma-account", plant_vma_account },
		{ "vma-hint", plant_vma_hint },
		{ "rmap-missing", plant_rmap_missing },
		{ "count-vmas", plant_count_vmas },
		{ "count-total", plant_count_total },
		{ "count-data", plant_count_data },
		{ "count-stack", plant_count_stack },
		{ "count-exec", plant_count_exec },
		{ "count-locked", plant_count_locked },
		{ "table-frame", plant_table_frame },
		{ "count-tables", plant_count_tables },
		{ "pte-stray", plant_pte_stray },
		{ "pte-rights", plant_pte_rights },
		{ "pte-frame", plant_pte_frame },
		{ "zero-page", plant_zero_page },
		{ "page-refs", plant_page_refs },
		{ "page-mlocked", plant_page_mlocked },
		{ "anon-shared", plant_anon_shared },
		{ "anon-unmarked", plant_anon_unmarked },
		{ "anon-writable", plant_anon_writable },
		{ "anon-lazy", plant_lazy },
		{ "cache-place", plant_cache_place },
		{ "cache-gone", plant_cache_gone },
		{ "cache-clean", plant_cache_clean },
		{ "rss-anon", plant_rss_anon },
		{ "rss-file", plant_rss_file },
		{ "rss-shmem", plant_rss_shmem },
	};
	struct check_finding f;
	struct scene s;

	set_up(&s);
	KCHECK(look_at_mm(&s, &f));
	for (u32 i = 0; i < ARRAY_SIZE(plans); i++)
		expect(&s, &plans[i], look_at_mm);
	take_down(&s);
}

/* What a commit changed among very many VMAs. */
static bool look_at_range(struct scene *s, vaddr_t start, vaddr_t end, struct check_finding *f)
{
	bool ok;

	rwsem_read_lock(&s->mm->lock);
	ok = check_mm_range(s->mm, start, end, f);
	rwsem_read_unlock(&s->mm->lock);
	return ok;
}

static bool look_at_anon(struct scene *s, struct check_finding *f)
{
	return look_at_range(s, ANON, ANON + 8 * PAGE_SIZE, f);
}

static bool look_at_file(struct scene *s, struct check_finding *f)
{
	return look_at_range(s, FILE, FILE + 8 * PAGE_SIZE, f);
}

/* Far from what is looked at, but above it in the tree. */
static void plant_gap_max_of_root(struct scene *s, bool make)
{
	rb_entry(s->mm->vmas.tree.root, struct vma, node)->gap_max += make ? PAGE_SIZE : -PAGE_SIZE;
}

static bool look_at_last(struct scene *s, struct check_finding *f)
{
	return look_at_range(s, MEMO + 3 * PAGE_SIZE, MEMO + 4 * PAGE_SIZE, f);
}

KTEST(check_notices_faults_of_a_range)
{
	static const struct fault_plan anon[] = {
		{ "vma-account", plant_vma_account },
		{ "vma-gap", plant_vma_gap }, /* of the VMA behind it */
		{ "pte-rights", plant_pte_rights },
		{ "anon-writable", plant_anon_writable },
	};
	static const struct fault_plan file[] = {
		{ "rmap-missing", plant_rmap_missing },
		{ "cache-clean", plant_cache_clean },
	};
	static const struct fault_plan root = { "vma-gap-max", plant_gap_max_of_root };
	struct check_finding f;
	struct scene s;

	set_up(&s);
	KCHECK(look_at_anon(&s, &f) && look_at_file(&s, &f) && look_at_last(&s, &f));
	for (u32 i = 0; i < ARRAY_SIZE(anon); i++)
		expect(&s, &anon[i], look_at_anon);
	for (u32 i = 0; i < ARRAY_SIZE(file); i++)
		expect(&s, &file[i], look_at_file);
	expect(&s, &root, look_at_last);
	plant_pte_rights(&s, true);
	KCHECK(look_at_last(&s, &f)); /* costs by the range, so sees nothing else */
	plant_pte_rights(&s, false);
	take_down(&s);
}

KTEST(check_notices_each_fault_of_a_mapping)
{
	static const struct fault_plan plans[] = {
		{ "rmap-order", plant_rmap_order },
		{ "rmap-owner", plant_rmap_owner },
		{ "rmap-writers", plant_rmap_writers },
		{ "cache-owner", plant_cache_owner },
		{ "cache-index", plant_cache_index },
		{ "cache-kind", plant_cache_kind },
		{ "cache-refs", plant_cache_refs },
		{ "cache-lru", plant_cache_lru },
		{ "cache-dirty", plant_cache_dirty },
		{ "cache-writeback", plant_cache_writeback },
		{ "cache-count", plant_cache_count },
		{ "rmap-maps", plant_rmap_maps },
	};
	static const struct fault_plan unwritten = { "cache-unwritten", plant_cache_unwritten };
	struct check_finding f;
	struct scene s;

	set_up(&s);
	KCHECK(look_at_disk(&s, &f));
	for (u32 i = 0; i < ARRAY_SIZE(plans); i++)
		expect(&s, &plans[i], look_at_disk);
	KCHECK(look_at_memory(&s, &f));
	expect(&s, &unwritten, look_at_memory);
	take_down(&s);
}

/* --- of frames: `spare` is a frame of the test's own --- */

static struct page *spare, *chosen;

static void flip(struct page *p, u32 flag, bool make)
{
	if (make)
		page_set(p, flag);
	else
		page_clear(p, flag);
}

/* A frame in the middle of the last large free block: nobody gets it soon. */
static struct page *some_free_frame(void)
{
	for (pfn_t pfn = page_array_end - 1; pfn; pfn--) {
		struct page *p = pfn_to_page(pfn);

		if (page_is_free(p) && !page_test(p, PG_BUDDY))
			return p;
	}
	return NULL;
}

static void plant_free_state(struct scene *s, bool make)
{
	(void)s;
	if (make)
		chosen = some_free_frame();
	atomic_add_return(&chosen->refs, make ? 1 : -1);
}

/* A frame is on the lists of free ones, uncounted. */
static void plant_free_count(struct scene *s, bool make)
{
	(void)s;
	spare->order = 0;
	atomic_set(&spare->refs, make ? 0 : 1);
	flip(spare, PG_BUDDY, make);
}

static void plant_slab_count(struct scene *s, bool make)
{
	(void)s;
	flip(spare, PG_SLAB, make);
}

static void plant_table_count(struct scene *s, bool make)
{
	(void)s;
	flip(spare, PG_TABLE, make);
}

static void plant_anon_count(struct scene *s, bool make)
{
	(void)s;
	flip(spare, PG_ANON, make);
}

static void plant_cache_total(struct scene *s, bool make)
{
	spare->mapping = make ? &s->disk->m : NULL;
}

static void plant_shmem_total(struct scene *s, bool make)
{
	flip(page_at(s, FILE + 5 * PAGE_SIZE), PG_SWAPBACKED, make);
}

/* A page of the cache that nobody maps any more. */
static void plant_mapped_total(struct scene *s, bool make)
{
	if (make) {
		KCHECK(!mm_unmap(s->mm, FILE + 7 * PAGE_SIZE, PAGE_SIZE));
		KCHECK(!mm_unmap(s->mm, COPY + 7 * PAGE_SIZE, PAGE_SIZE));
		chosen = pagecache_find(&s->disk->m, 7);
	}
	atomic_add_return(&chosen->maps, make ? 1 : -1);
	if (!make)
		page_put(chosen);
}

static void plant_dirty_total(struct scene *s, bool make)
{
	flip(page_at(s, FILE + 5 * PAGE_SIZE), PG_DIRTY, make);
}

static void plant_writeback_total(struct scene *s, bool make)
{
	flip(page_at(s, FILE + 5 * PAGE_SIZE), PG_WRITEBACK, make);
}

static void plant_mlocked_total(struct scene *s, bool make)
{
	flip(page_at(s, MEMO), PG_ACTIVE, make);
}

static void plant_lru_flags(struct scene *s, bool make)
{
	flip(page_at(s, FILE + 5 * PAGE_SIZE), PG_ACTIVE, make);
}

static void plant_lru_count(struct scene *s, bool make)
{
	flip(page_at(s, MEMO), PG_LRU, make);
}

static void plant_anon_maps(struct scene *s, bool make)
{
	plant_anon_writable(s, make);
}

static void plant_page_leak(struct scene *s, bool make)
{
	atomic_add_return(&page_at(s, FILE)->refs, make ? 1 : -1);
}

static void plant_commit_total(struct scene *s, bool make)
{
	(void)s;
	if (make)
		KCHECK(!commit_charge(1, 0));
	else
		commit_uncharge(1);
}

#define LOOKS 200 /* what else runs in the machine may be in the middle of something */

static bool look_at_frames(struct scene *s, struct check_finding *f)
{
	(void)s;
	for (u32 i = 0; i < LOOKS; i++) {
		if (check_frames(f))
			return true;
		timer_sleep(NSEC_PER_MSEC);
	}
	return false;
}

static bool is_found(const char *rule)
{
	struct check_finding f;

	for (u32 i = 0; i < LOOKS; i++)
		if (!check_frames(&f) && strcmp(f.rule, rule) == 0)
			return true;
	pr_err("check: %s was not found, but %s", rule, f.rule ? f.rule : "nothing");
	return false;
}

KTEST(check_notices_each_fault_of_frames)
{
	static const struct fault_plan plans[] = {
		{ "free-state", plant_free_state },
		{ "free-count", plant_free_count },
		{ "slab-count", plant_slab_count },
		{ "table-count", plant_table_count },
		{ "anon-count", plant_anon_count },
		{ "cache-total", plant_cache_total },
		{ "shmem-total", plant_shmem_total },
		{ "mapped-total", plant_mapped_total },
		{ "dirty-total", plant_dirty_total },
		{ "writeback-total", plant_writeback_total },
		{ "mlocked-total", plant_mlocked_total },
		{ "lru-flags", plant_lru_flags },
		{ "lru-count", plant_lru_count },
		{ "lazy-count", plant_lazy },
		{ "anon-maps", plant_anon_maps },
		{ "page-leak", plant_page_leak },
		{ "commit-total", plant_commit_total },
	};
	struct check_finding f;
	struct scene s;

	set_up(&s);
	spare = page_alloc(0);
	KCHECK(spare && look_at_frames(&s, &f));
	for (u32 i = 0; i < ARRAY_SIZE(plans); i++) {
		plans[i].plant(&s, true);
		KCHECK(is_found(plans[i].rule));
		plans[i].plant(&s, false);
		if (!look_at_frames(&s, &f))
			pr_err("check: after %s: %s: %s", plans[i].rule, f.rule, f.text);
		KCHECK(!f.rule);
	}
	page_put(spare);
	take_down(&s);
	check_all_or_panic();
}

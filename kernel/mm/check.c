// SPDX-License-Identifier: MIT
/*
 * Do all the books of an address space agree? The rules, in the order in which they are looked at
 * (each has a planted fault in check_ktest.c):
 *
 *	vma-place       a VMA is a range of pages in the user half, of this mm
 *	vma-order       it begins where the one below has ended, or later
 *	vma-gap         the free space below it is what the tree says
 *	vma-gap-max     the largest gap of its subtree, too
 *	vma-rights      it permits no more than it may
 *	vma-backing     its operations are those of what backs it
 *	vma-account     memory is promised for private pages that may be written, never for shared ones
 *	vma-hint        the VMA that was found last is one of them
 *	rmap-missing    a VMA of a mapping is in the mapping's tree
 *	count-vmas, count-total, count-data, count-stack, count-exec, count-locked
 *	                the counters are the sums over the VMAs
 *	table-frame     a page table is a frame of that kind, with one reference
 *	count-tables    and there are as many as counted (VmPTE)
 *	pte-stray       an entry lies in a VMA
 *	pte-rights      and permits no more than it
 *	pte-frame       it maps memory of users, not a free frame or one of the kernel's
 *	zero-page       nobody may write to the page of zeros
 *	page-refs       a page has a map for this entry, and a reference for each of its maps
 *	page-mlocked    a page in a locked VMA is held in memory (and is on no LRU list)
 *	anon-shared     a private page is in a private VMA
 *	anon-unmarked   which knows that it had one
 *	anon-writable   and writable only where it is mapped once
 *	anon-lazy       one that may be freed names this mm and this address
 *	cache-place     a page of the cache is the VMA's mapping's, at its place
 *	cache-gone      or on its way out, locked
 *	cache-clean     one that can be written is dirty, so that the store is not lost
 *	rss-anon, rss-file, rss-shmem
 *	                the counters are what the entries add up to
 *
 * Not here: pages and frames that nobody maps (check_cache.c, check_frames.c).
 * Locks: mm->lock held; takes pt_lock for what concerns entries, rmap_lock for rmap-missing.
 */
#include "mm/check.h"
#include "arch/cpu.h"
#include "arch/user.h"
#include "debug/panic.h"
#include "lib/format.h"
#include "mm/edit.h"
#include "mm/fault.h"
#include "mm/lazyfree.h"
#include "mm/rmap.h"

bool mm_check_always;

bool check_broken(struct check_finding *f, const char *rule, const char *fmt, ...)
{
	va_list args;

	f->rule = rule;
	va_start(args, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, args);
	va_end(args);
	return false;
}

/* --- VMAs --- */

/* What the VMAs add up to. */
struct vma_sums {
	u64 count, total, data, stack, exec, locked;
};

static bool check_place(const struct mm *mm, const struct vma *v, struct check_finding *f)
{
	const struct vma *prev = vma_prev(v);

	if (v->start >= v->end || page_offset_in(v->start | v->end) || v->end > USER_END ||
		v->mm != mm)
		return check_broken(
			f, "vma-place", "VMA %lx-%lx of mm %p in %p", v->start, v->end, v->mm, mm);
	if (prev && v->start < prev->end)
		return check_broken(f, "vma-order", "VMA %lx-%lx, but the one below ends at %lx",
			v->start, v->end, prev->end);
	return true;
}

static u64 gap_max_of(const struct rb_node *n)
{
	return n ? rb_entry(n, const struct vma, node)->gap_max : 0;
}

static bool check_gaps(const struct vma *v, struct check_finding *f)
{
	const struct vma *prev = vma_prev(v);
	u64 gap = v->start - (prev ? prev->end : 0);
	u64 most = max(v->gap, max(gap_max_of(v->node.left), gap_max_of(v->node.right)));

	if (v->gap != gap)
		return check_broken(f, "vma-gap", "VMA %lx-%lx: %lx free below, the tree says %lx",
			v->start, v->end, gap, v->gap);
	if (v->gap_max != most)
		return check_broken(f, "vma-gap-max",
			"VMA %lx-%lx: at most %lx free below it in the tree, which says %lx",
			v->start, v->end, most, v->gap_max);
	return true;
}

static bool check_backing(const struct vma *v, struct check_finding *f)
{
	u32 prot = v->flags & VMA_PROT_MASK;

	if (prot & ~(v->flags >> VMA_MAY_SHIFT))
		return check_broken(
			f, "vma-rights", "VMA %lx-%lx: flags %x", v->start, v->end, v->flags);
	if (v->flags & VMA_DEVICE)
		return true;
	/* Zeros that nobody may write are as good shared as private: /dev/zero, read-only. */
	if (v->ops != back_for(v->mapping) || (v->file && !v->file_ops) ||
		((v->flags & VMA_SHARED) && !v->mapping && (!v->file || v->flags & VMA_MAYWRITE)))
		return check_broken(f, "vma-backing",
			"VMA %lx-%lx flags %x: %s, mapping %p file %p", v->start, v->end, v->flags,
			v->ops->name, v->mapping, v->file);
	return true;
}

/* Once promised it stays so, when it may not be written any more. */
static bool check_account(const struct vma *v, struct check_finding *f)
{
	bool is_promised = v->flags & VMA_ACCOUNT;

	if (is_promised ? !(v->flags & (VMA_SHARED | VMA_DEVICE))
			: !edit_is_accountable(v->flags) || (v->flags & VMA_DEVICE))
		return true;
	return check_broken(f, "vma-account", "VMA %lx-%lx: flags %x", v->start, v->end, v->flags);
}

static bool check_rmap(struct vma *v, struct check_finding *f)
{
	bool there;

	if (!v->mapping)
		return true;
	mutex_lock(&v->mapping->rmap_lock);
	there = rmap_contains(v);
	mutex_unlock(&v->mapping->rmap_lock);
	return there || check_broken(f, "rmap-missing", "VMA %lx-%lx is not in the tree of %p",
				v->start, v->end, v->mapping);
}

static void add_vma(struct vma_sums *s, const struct vma *v)
{
	u64 pages = vma_pages(v);

	s->count++;
	s->total += pages;
	if (v->flags & VMA_GROWSDOWN)
		s->stack += pages;
	else if ((v->flags & (VMA_WRITE | VMA_SHARED)) == VMA_WRITE)
		s->data += pages;
	else if ((v->flags & (VMA_EXEC | VMA_WRITE)) == VMA_EXEC)
		s->exec += pages;
	if (v->flags & VMA_LOCKED)
		s->locked += pages;
}

static bool check_sum(const char *rule, u64 sum, u64 counted, struct check_finding *f)
{
	return sum == counted || check_broken(f, rule, "%lu, counted as %lu", sum, counted);
}

/* All rules that concern v alone, and its place beside the one below. */
static bool check_vma(struct mm *mm, struct vma *v, struct check_finding *f)
{
	return check_place(mm, v, f) && check_gaps(v, f) && check_backing(v, f) &&
	       check_account(v, f) && check_rmap(v, f);
}

static bool check_vmas(struct mm *mm, struct check_finding *f)
{
	struct vma_sums s = { 0 };
	struct vma *v;

	vma_for_each(v, &mm->vmas)
	{
		if (!check_vma(mm, v, f))
			return false;
		add_vma(&s, v);
	}
	v = atomic_load_relaxed(&mm->vmas.last_found);
	if (v && vma_find_slow(&mm->vmas, v->start) != v)
		return check_broken(f, "vma-hint", "%p is not in the set", v);
	return check_sum("count-vmas", s.count, mm->vmas.count, f) &&
	       check_sum("count-total", s.total, mm->total_pages, f) &&
	       check_sum("count-data", s.data, mm->data_pages, f) &&
	       check_sum("count-stack", s.stack, mm->stack_pages, f) &&
	       check_sum("count-exec", s.exec, mm->exec_pages, f) &&
	       check_sum("count-locked", s.locked, mm->locked_pages, f);
}

/* --- entries --- */

struct rss_sums {
	s64 anon, file, shmem;
};

static bool check_rights(const struct vma *v, vaddr_t addr, pte_t pte, struct check_finding *f)
{
	if ((pte_writable(pte) && !(v->flags & VMA_WRITE)) ||
		(pte_accessible(pte) && pte_executable(pte) && !(v->flags & VMA_EXEC)) ||
		(pte_accessible(pte) && !(v->flags & VMA_PROT_MASK)))
		return check_broken(f, "pte-rights", "entry %lx at %lx in a VMA of flags %x", pte,
			addr, v->flags);
	return true;
}

/* What an entry of a user may not map: frames that are free, or the kernel's. */
#define PG_NOT_MAPPED (PG_SLAB | PG_BUDDY | PG_TABLE | PG_RESERVED)

/* Other address spaces come and go meanwhile, each changing the two numbers one after the other: so
 * what one pair of looks finds wrong must still be so at the next ones. */
#define REFS_LOOKS 100

static bool has_enough_references(const struct page *p)
{
	for (u32 i = 0; i < REFS_LOOKS; i++) {
		s32 maps = atomic_read(&p->maps);

		if (maps >= 1 && atomic_read(&p->refs) >= maps)
			return true;
		cpu_relax();
	}
	return false;
}

static bool check_frame(vaddr_t addr, pte_t pte, struct check_finding *f)
{
	const struct page *p = pfn_to_page(pte_pfn(pte));

	if (!pfn_valid(pte_pfn(pte)) || (p->flags & PG_NOT_MAPPED))
		return check_broken(f, "pte-frame", "entry %lx at %lx maps a frame of flags %x",
			pte, addr, pfn_valid(pte_pfn(pte)) ? p->flags : 0u);
	return has_enough_references(p) ||
	       check_broken(f, "page-refs", "frame %lx at %lx: %d references, %d maps",
		       pte_pfn(pte), addr, atomic_read(&p->refs), atomic_read(&p->maps));
}

static bool check_private_page(
	const struct vma *v, vaddr_t addr, pte_t pte, const struct page *p, struct check_finding *f)
{
	if (v->flags & VMA_SHARED)
		return check_broken(
			f, "anon-shared", "frame %lx at %lx in a shared VMA", pte_pfn(pte), addr);
	if (!v->ever_private)
		return check_broken(f, "anon-unmarked", "frame %lx at %lx: not ever_private",
			pte_pfn(pte), addr);
	if (pte_writable(pte) && atomic_read(&p->maps) != 1)
		return check_broken(f, "anon-writable", "frame %lx at %lx is mapped %d times",
			pte_pfn(pte), addr, atomic_read(&p->maps));
	return true;
}

/* A store through a writable entry is noticed by nobody, so the page is dirty already; or its
 * write has begun and takes the right away next; or it goes. Read once: each of these follows the
 * other without a gap. */
static bool check_cache_page(
	const struct vma *v, vaddr_t addr, pte_t pte, const struct page *p, struct check_finding *f)
{
	const struct mapping *m = __atomic_load_n(&p->mapping, __ATOMIC_RELAXED);

	if (m && (m != v->mapping || page_index(p) != vma_pgoff_at(v, addr)))
		return check_broken(f, "cache-place",
			"%lx maps page %lu of %p in a VMA that is at page %lu of %p", addr,
			page_index(p), m, vma_pgoff_at(v, addr), v->mapping);
	if (!m && !page_test(p, PG_LOCKED))
		return check_broken(f, "cache-gone", "%lx maps frame %lx, which left the cache",
			addr, pte_pfn(pte));
	if (pte_writable(pte) && !page_test(p, PG_DIRTY | PG_WRITEBACK | PG_LOCKED))
		return check_broken(f, "cache-clean", "frame %lx at %lx is writable and clean",
			pte_pfn(pte), addr);
	return true;
}

static bool check_entry(
	const struct vma *v, vaddr_t addr, pte_t pte, struct rss_sums *s, struct check_finding *f)
{
	const struct page *p = pfn_to_page(pte_pfn(pte));

	if (!check_rights(v, addr, pte, f))
		return false;
	if (v->flags & VMA_DEVICE)
		return true;
	if (p == zero_page)
		return !pte_writable(pte) || check_broken(f, "zero-page", "writable at %lx", addr);
	if (!check_frame(addr, pte, f))
		return false;
	if ((v->flags & VMA_LOCKED) && !page_is_mlocked(p))
		return check_broken(f, "page-mlocked", "frame %lx at %lx: flags %x", pte_pfn(pte),
			addr, p->flags);
	if (page_is_lazy(p) && (p->owner != v->mm || page_index(p) != addr >> PAGE_SHIFT))
		return check_broken(f, "anon-lazy",
			"frame %lx at %lx of mm %p: owner %p, index %lx", pte_pfn(pte), addr, v->mm,
			p->owner, page_index(p));
	if (page_test(p, PG_ANON)) {
		s->anon++;
		return check_private_page(v, addr, pte, p, f);
	}
	if (page_test(p, PG_SWAPBACKED))
		s->shmem++;
	else
		s->file++;
	return check_cache_page(v, addr, pte, p, f);
}

static bool check_span(
	struct mm *mm, const struct pt_span *span, struct rss_sums *s, struct check_finding *f)
{
	for (u64 i = 0; i < span->nr; i++) {
		vaddr_t addr = span->addr + (i << PAGE_SHIFT);
		pte_t pte = pte_get(&span->pte[i]);
		const struct vma *v;

		if (pte_none(pte))
			continue;
		v = vma_find(&mm->vmas, addr);
		if (!v)
			return check_broken(f, "pte-stray", "entry %lx at %lx", pte, addr);
		if (!check_entry(v, addr, pte, s, f))
			return false;
	}
	return true;
}

static bool check_rss(const char *rule, s64 sum, const atomic64_t *counter, struct check_finding *f)
{
	return check_sum(rule, (u64)sum, (u64)atomic64_read(counter), f);
}

/* The entries of [start, end). */
static bool check_entries_in(
	struct mm *mm, vaddr_t start, vaddr_t end, struct rss_sums *s, struct check_finding *f)
{
	struct pt_span span;

	while (pt_next_span(&mm->mmu, start, end, &span)) {
		if (!check_span(mm, &span, s, f))
			return false;
		start = span.addr + (span.nr << PAGE_SHIFT);
	}
	return true;
}

static bool check_entries(struct mm *mm, struct check_finding *f)
{
	struct rss_sums s = { 0 };

	return check_entries_in(mm, 0, USER_END, &s, f) &&
	       check_rss("rss-anon", s.anon, &mm->rss_anon, f) &&
	       check_rss("rss-file", s.file, &mm->rss_file, f) &&
	       check_rss("rss-shmem", s.shmem, &mm->rss_shmem, f);
}

/* --- tables --- */

struct table_sums {
	u64 count;
	pfn_t odd; /* one that is not as a table is; 0: none */
};

static void add_table(void *arg, pfn_t table)
{
	const struct page *p = pfn_to_page(table);
	struct table_sums *s = arg;

	s->count++;
	if (!page_test(p, PG_TABLE) || atomic_read(&p->refs) != 1)
		s->odd = table;
}

static bool check_tables(struct mm *mm, struct check_finding *f)
{
	struct table_sums s = { 0 };

	pt_for_each_table(&mm->mmu, add_table, &s);
	if (s.odd)
		return check_broken(f, "table-frame", "frame %lx: flags %x, %d references", s.odd,
			pfn_to_page(s.odd)->flags, atomic_read(&pfn_to_page(s.odd)->refs));
	return check_sum("count-tables", s.count, mm->mmu.nr_tables, f);
}

bool check_mm(struct mm *mm, struct check_finding *f)
{
	bool ok;

	assert(rwsem_is_held(&mm->lock));
	f->rule = NULL;
	if (!check_vmas(mm, f))
		return false;
	spin_lock(&mm->pt_lock);
	ok = check_tables(mm, f) && check_entries(mm, f);
	spin_unlock(&mm->pt_lock);
	return ok;
}

/* --- a part --- */

/* The nodes above v: each knows the largest gap below it. */
static bool check_path(const struct vma *v, struct check_finding *f)
{
	for (const struct rb_node *n = rb_parent(&v->node); n; n = rb_parent(n))
		if (!check_gaps(rb_entry(n, const struct vma, node), f))
			return false;
	return true;
}

/* From the neighbour below `start` to that above `end`. */
static bool check_vmas_around(struct mm *mm, vaddr_t start, vaddr_t end, struct check_finding *f)
{
	struct vma *prev, *v = vma_at_or_above(&mm->vmas, start, &prev);

	for (v = prev ? prev : v; v; v = vma_next(v)) {
		if (!check_vma(mm, v, f) || !check_path(v, f))
			return false;
		if (v->start >= end)
			break;
	}
	return true;
}

bool check_mm_range(struct mm *mm, vaddr_t start, vaddr_t end, struct check_finding *f)
{
	struct rss_sums s = { 0 };
	bool ok;

	assert(rwsem_is_held(&mm->lock));
	f->rule = NULL;
	if (!check_vmas_around(mm, start, end, f))
		return false;
	spin_lock(&mm->pt_lock);
	ok = check_entries_in(mm, start, end, &s, f);
	spin_unlock(&mm->pt_lock);
	return ok;
}

#define FULL_CHECK_VMAS 256 /* with more VMAs, the fewer commits are followed by a whole check */

void mm_check_commit(struct mm *mm, vaddr_t start, vaddr_t end)
{
	static atomic_t commits;
	u32 every = 1 + (u32)(mm->vmas.count / FULL_CHECK_VMAS);
	struct check_finding f;

	if ((u32)atomic_add_return(&commits, 1) % every == 0)
		mm_check(mm);
	else if (start < end && !check_mm_range(mm, start, end, &f))
		panic("mm_check: %s: %s", f.rule, f.text);
}

void mm_check(struct mm *mm)
{
	struct check_finding f;

	if (!check_mm(mm, &f))
		panic("mm_check: %s: %s", f.rule, f.text);
}

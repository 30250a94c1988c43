// SPDX-License-Identifier: MIT
/*
 * The only place that changes an mm's VMA set. It keeps in step what hangs on a VMA besides the set
 * itself:
 *
 *	the mm's page counters       account()
 *	what is promised to the mm   account(), against what the plan charged
 *	a reference to the file      one for each VMA; taken when one is made, put after the unlock (putting may sleep long)
 *	the mapping's reverse map    bounds change only with rmap_lock held, the VMA being out of the tree
 *
 * Invariant: after each of the public functions no two neighbours could be merged that Linux would
 * have merged: a new or changed VMA is merged with both of its neighbours where vma_can_merge()
 * says so.
 *
 * Not here: which ranges and flags (mmap.c, mprotect.c, ...).
 * Locks: mm->lock for writing from edit_begin to edit_end; rmap_lock and pt_lock inside.
 */
#include "arch/user.h"
#include "debug/panic.h"
#include "lib/err.h"
#include "mm/commit.h"
#include "mm/edit.h"
#include "mm/mlock.h"
#include "mm/rmap.h"

void edit_begin(struct edit *e, struct mm *mm)
{
	*e = (struct edit){ .mm = mm, .changed_from = USER_END };
	rwsem_write_lock(&mm->lock);
}

static struct vma *pop(struct vma **chain)
{
	struct vma *v = *chain;

	if (v)
		*chain = v->prealloc_next;
	return v;
}

static void push(struct vma **chain, struct vma *v)
{
	v->prealloc_next = *chain;
	*chain = v;
}

static void get_file(const struct vma *v)
{
	if (v->file)
		v->file_ops->get(v->file);
}

static void put_file(const struct vma *v)
{
	if (v->file)
		v->file_ops->put(v->file);
}

void edit_end(struct edit *e)
{
	struct vma *v;

	if (unlikely(mm_check_always))
		mm_check_commit(e->mm, e->changed_from, e->changed_to);
	rwsem_write_unlock(&e->mm->lock);
	edit_settle(e);
	while ((v = pop(&e->spare)) != NULL)
		vma_node_free(v);
	while ((v = pop(&e->dead)) != NULL) {
		put_file(v);
		vma_node_free(v);
	}
}

/* --- plan --- */

int edit_reserve(struct edit *e, u32 nr)
{
	while (nr--) {
		struct vma *v = vma_node_alloc();

		if (!v)
			return -ENOMEM;
		push(&e->spare, v);
	}
	return 0;
}

static void split(struct edit *e, struct vma *v, vaddr_t addr);

/* The cut at the end would go through a huge page. As on Linux, that at the start is made all the same
 * if it can be, and stays. */
static void cut_at_start(struct edit *e, struct vma *v, vaddr_t start)
{
	if (v && v->start < start && vma_may_cut(v, start) && !edit_reserve(e, 1))
		split(e, v, start);
}

int edit_reserve_carve(struct edit *e, vaddr_t start, vaddr_t end, u32 more)
{
	struct vma *v = vma_find(&e->mm->vmas, start);
	int nr;

	if (v && v->start < start && v->end > end && e->mm->vmas.count >= mm_max_map_count)
		return -ENOMEM;
	nr = vma_carve_needs(&e->mm->vmas, start, end);
	if (nr < 0) {
		cut_at_start(e, v, start);
		return -EINVAL;
	}
	return edit_reserve(e, (u32)nr + more);
}

/* Would the part [start, end) of v, with these flags, be merged with a neighbour of v? */
static bool part_can_merge(const struct vma *v, vaddr_t start, vaddr_t end, u32 flags)
{
	struct vma part = *v, *prev, *next;

	part.pgoff = vma_pgoff_at(v, start);
	part.start = start;
	part.end = end;
	part.flags = flags;
	prev = start == v->start ? vma_prev(v) : NULL;
	next = end == v->end ? vma_next(v) : NULL;
	return (prev && vma_can_merge(prev, &part)) || (next && vma_can_merge(&part, next));
}

/* There are too many VMAs for both cuts. As on Linux, the first one is made all the same if there is
 * room for it, and stays. */
static void cut_once(struct edit *e, struct vma *v, vaddr_t start, vaddr_t end)
{
	bool both = v->start < start && v->end > end;

	if (both && e->mm->vmas.count < mm_max_map_count && !edit_reserve(e, 1))
		split(e, v, start);
}

int edit_reserve_flags(struct edit *e, struct vma *v, vaddr_t start, vaddr_t end, u32 flags)
{
	u32 nr = (v->start < start) + (v->end > end);

	if ((v->start < start && !vma_may_cut(v, start)) || (v->end > end && !vma_may_cut(v, end)))
		return -EINVAL;
	if (nr && e->mm->vmas.count + nr > mm_max_map_count &&
		!part_can_merge(v, start, end, flags)) {
		cut_once(e, v, start, end);
		return -ENOMEM;
	}
	return edit_reserve(e, nr);
}

bool edit_is_accountable(u32 flags)
{
	return (flags & (VMA_WRITE | VMA_SHARED | VMA_NORESERVE)) == VMA_WRITE;
}

static bool is_stack(u32 flags)
{
	return flags & VMA_GROWSDOWN;
}

static bool is_data(u32 flags)
{
	return (flags & (VMA_WRITE | VMA_SHARED)) == VMA_WRITE && !is_stack(flags);
}

static bool is_program(u32 flags)
{
	return (flags & (VMA_EXEC | VMA_WRITE)) == VMA_EXEC && !is_stack(flags);
}

/* A soft RLIMIT_DATA of 0 means the hard one here, but not in brk(2), as on Linux: Valgrind sets it to
 * keep its client from brk. */
static u64 mapped_data_limit(void)
{
	u64 limit = current_limit(RLIMIT_DATA);

	return limit ? limit : current_hard_limit(RLIMIT_DATA);
}

bool edit_may_expand(const struct mm *mm, u32 flags, u64 nr_pages)
{
	if (mm->total_pages + nr_pages > current_limit(RLIMIT_AS) >> PAGE_SHIFT)
		return false;
	return !is_data(flags) || mm->data_pages + nr_pages <= mapped_data_limit() >> PAGE_SHIFT;
}

int edit_charge(struct edit *e, u64 nr_pages)
{
	int err = commit_charge(nr_pages, e->mm->total_pages);

	if (!err)
		e->charged += (s64)nr_pages;
	return err;
}

int edit_admit(struct edit *e, u32 flags, u64 nr_pages)
{
	if (!edit_may_expand(e->mm, flags, nr_pages))
		return -ENOMEM;
	return flags & VMA_ACCOUNT ? edit_charge(e, nr_pages) : 0;
}

void edit_settle(struct edit *e)
{
	if (unlikely(e->charged < 0))
		panic("edit: %ld pages with VMA_ACCOUNT were not charged", -e->charged);
	if (e->charged)
		commit_uncharge((u64)e->charged);
	e->charged = 0;
}

/* --- keeping in step --- */

static void note_change(struct edit *e, vaddr_t start, vaddr_t end)
{
	if (likely(!mm_check_always))
		return;
	e->changed_from = min(e->changed_from, start);
	e->changed_to = max(e->changed_to, end);
}

static void account(struct edit *e, u32 flags, s64 nr_pages)
{
	struct mm *mm = e->mm;

	mm->total_pages += (u64)nr_pages;
	mm->total_peak = max(mm->total_peak, mm->total_pages);
	if (is_program(flags))
		mm->exec_pages += (u64)nr_pages;
	else if (is_stack(flags))
		mm->stack_pages += (u64)nr_pages;
	else if (is_data(flags))
		mm->data_pages += (u64)nr_pages;
	if (flags & VMA_LOCKED)
		mm->locked_pages += (u64)nr_pages;
	if (flags & VMA_ACCOUNT)
		e->charged -= nr_pages;
}

/* Around a change of v's bounds (mapping NULL: nothing to do). */
static void rmap_take(struct vma *v)
{
	if (!v->mapping)
		return;
	mutex_lock(&v->mapping->rmap_lock);
	rmap_remove(v);
}

static void rmap_give_back(struct vma *v)
{
	if (!v->mapping)
		return;
	rmap_insert(v);
	mutex_unlock(&v->mapping->rmap_lock);
}

void edit_resize(struct edit *e, struct vma *v, vaddr_t start, vaddr_t end)
{
	account(e, v->flags, (s64)((end - start) >> PAGE_SHIFT) - (s64)vma_pages(v));
	if (start != v->start)
		note_change(e, min(start, v->start), max(start, v->start));
	if (end != v->end)
		note_change(e, min(end, v->end), max(end, v->end));
	rmap_take(v);
	vma_resize(&e->mm->vmas, v, start, end);
	rmap_give_back(v);
}

static void split(struct edit *e, struct vma *v, vaddr_t addr)
{
	struct vma *upper = pop(&e->spare);

	assert(upper);
	rmap_take(v);
	vma_split(&e->mm->vmas, v, addr, upper);
	if (v->mapping)
		rmap_insert(upper);
	rmap_give_back(v);
	get_file(upper);
}

/* a swallows b if they are alike: true. */
static bool merge(struct edit *e, struct vma *a, struct vma *b)
{
	if (!a || !b || !vma_can_merge(a, b))
		return false;
	rmap_take(a);
	if (a->mapping)
		rmap_remove(b);
	vma_merge(&e->mm->vmas, a, b);
	rmap_give_back(a);
	push(&e->dead, b);
	return true;
}

/* Merges v with its neighbours; returns what covers it. */
static struct vma *merge_around(struct edit *e, struct vma *v)
{
	struct vma *prev = vma_prev(v);

	merge(e, v, vma_next(v));
	return merge(e, prev, v) ? prev : v;
}

/* --- commit --- */

struct vma *edit_carve(struct edit *e, vaddr_t start, vaddr_t end)
{
	struct vma *v = vma_first_in(&e->mm->vmas, start, end), *last;

	if (!v)
		return NULL;
	if (v->start < start) {
		split(e, v, start);
		v = vma_next(v);
	}
	last = v->end > end ? v : vma_find(&e->mm->vmas, end);
	if (last && last->start < end)
		split(e, last, end);
	return v;
}

static struct vma *insert_between(
	struct edit *e, const struct vma *like, struct vma *prev, struct vma *next)
{
	struct vma *v = pop(&e->spare);

	assert(v);
	*v = *like;
	v->mm = e->mm;
	v->prealloc_next = NULL;
	account(e, v->flags, (s64)vma_pages(v));
	note_change(e, v->start, v->end);
	vma_insert_between(&e->mm->vmas, v, prev, next);
	if (v->mapping) {
		mutex_lock(&v->mapping->rmap_lock);
		rmap_insert(v);
		mutex_unlock(&v->mapping->rmap_lock);
	}
	get_file(v);
	return v;
}

struct vma *edit_append(struct edit *e, const struct vma *v, struct vma *last)
{
	return insert_between(e, v, last, NULL);
}

struct vma *edit_add_apart(struct edit *e, const struct vma *v)
{
	struct vma *prev, *next = vma_at_or_above(&e->mm->vmas, v->start, &prev);

	return insert_between(e, v, prev, next);
}

struct vma *edit_add(struct edit *e, const struct vma *v)
{
	struct vma *prev, *next = vma_at_or_above(&e->mm->vmas, v->start, &prev);

	debug_assert(!next || next->start >= v->end);
	if (prev && vma_can_merge(prev, v)) {
		edit_resize(e, prev, prev->start, v->end);
		prev->ever_private |= v->ever_private;
		merge(e, prev, next);
		return prev;
	}
	if (next && vma_can_merge(v, next)) {
		edit_resize(e, next, v->start, next->end);
		next->ever_private |= v->ever_private;
		return next;
	}
	return insert_between(e, v, prev, next);
}

void edit_grow(struct edit *e, struct vma *v, vaddr_t end)
{
	edit_resize(e, v, v->start, end);
	merge(e, v, vma_next(v));
}

/* All that becomes of a VMA that goes, but for its place in the set. */
static void retire(struct edit *e, struct vma *v)
{
	account(e, v->flags, -(s64)vma_pages(v));
	note_change(e, v->start, v->end);
	if (v->mapping) {
		mutex_lock(&v->mapping->rmap_lock);
		rmap_remove(v);
		mutex_unlock(&v->mapping->rmap_lock);
	}
	push(&e->dead, v);
}

/* Clears what the VMAs from `first` up to `end` map: one flush, then the frames and tables are
 * free. */
static void zap_vmas(struct edit *e, struct vma *first, vaddr_t end)
{
	struct mm *mm = e->mm;
	struct vma *prev = vma_prev(first), *v, *last = first;
	bool any = false;
	struct gather g;

	gather_begin(&g, mm);
	for (v = first; v && v->start < end; v = vma_next(v)) {
		any |= zap_range(&g, v, v->start, v->end, ZAP_ALL, true);
		last = v;
	}
	if (any) {
		spin_lock(&mm->pt_lock);
		pt_free_tables(&mm->mmu, first->start, last->end, prev ? prev->end : 0,
			v ? v->start : USER_END, gather_table, &g);
		spin_unlock(&mm->pt_lock);
	}
	gather_plant(&g, PLANT_MUNMAP);
	gather_finish(&g);
}

void edit_unmap(struct edit *e, vaddr_t start, vaddr_t end)
{
	struct vma *v = edit_carve(e, start, end), *next;

	if (!v)
		return;
	zap_vmas(e, v, end);
	for (; v && v->start < end; v = next) {
		next = vma_next(v);
		vma_erase(&e->mm->vmas, v);
		retire(e, v);
	}
}

/* The set is given up as a whole, so nobody balances what is left of it after each VMA. */
void edit_unmap_all(struct edit *e)
{
	struct vma *first = vma_first(&e->mm->vmas), *v;

	if (!first)
		return;
	zap_vmas(e, first, USER_END);
	vma_for_each(v, &e->mm->vmas)
	{
		retire(e, v);
	}
	vma_set_init(&e->mm->vmas);
}

static void set_flags(struct edit *e, struct vma *v, u32 flags)
{
	note_change(e, v->start, v->end);
	account(e, v->flags, -(s64)vma_pages(v));
	if ((v->flags ^ flags) & VMA_LOCKED)
		mlock_set_flags(v, flags);
	else
		v->flags = flags;
	account(e, v->flags, (s64)vma_pages(v));
}

/* Cuts [start, end) out of v: returns it. */
static struct vma *cut_out(struct edit *e, struct vma *v, vaddr_t start, vaddr_t end)
{
	if (v->start < start) {
		split(e, v, start);
		v = vma_next(v);
	}
	if (v->end > end)
		split(e, v, end);
	return v;
}

void edit_unlock(struct edit *e, struct vma *v, vaddr_t start, vaddr_t end)
{
	v = cut_out(e, v, start, end);
	set_flags(e, v, v->flags & ~VMA_LOCK_MASK);
}

struct vma *edit_set_flags(struct edit *e, struct vma *v, vaddr_t start, vaddr_t end, u32 flags)
{
	v = cut_out(e, v, start, end);
	set_flags(e, v, flags);
	return merge_around(e, v);
}

/* SPDX-License-Identifier: MIT */
/*
 * Random insertions, removals, carvings, merges and searches in a VMA set, against an array with
 * one cell a page: the number of the mapping that covers it.
 */
#include "hosttest.h"

#include "lib/rbtree.c"
#include "mm/vma.c"

#define NR_PAGES 1200
#define GUARD    256 /* pages: STACK_GUARD_GAP */

struct cell {
	uint32_t flags; /* 0: free */
	uint64_t pgoff;
	uint32_t serial; /* which node: set anew whenever the set is walked */
};

static struct vma_set set;
static struct cell model[NR_PAGES];
static uint64_t longest_chain;

static uint64_t page_of(vaddr_t addr)
{
	return addr >> PAGE_SHIFT;
}

static vaddr_t addr_of(uint64_t page)
{
	return page << PAGE_SHIFT;
}

static bool model_is_free(uint64_t start, uint64_t end)
{
	for (uint64_t i = start; i < end; i++)
		if (model[i].flags)
			return false;
	return true;
}

/* Walks the set and compares all of it with the model. */
static void check_all(void)
{
	struct vma *v, *prev = NULL;
	uint64_t covered = 0, in_model = 0, count = 0;

	vma_for_each(v, &set)
	{
		vaddr_t prev_end = prev ? prev->end : 0;

		CHECK(v->start < v->end && v->start >= prev_end);
		CHECK(vma_prev(v) == prev);
		CHECK(v->gap == v->start - prev_end);
		CHECK(!update_gap_max(&v->node));
		for (uint64_t i = page_of(v->start); i < page_of(v->end); i++) {
			CHECK(model[i].flags == v->flags);
			CHECK(model[i].pgoff == vma_pgoff_at(v, addr_of(i)));
			model[i].serial = (uint32_t)count;
			covered++;
		}
		prev = v;
		count++;
	}
	CHECK(count == set.count && vma_last(&set) == prev);
	longest_chain = max(longest_chain, count);
	for (int i = 0; i < NR_PAGES; i++)
		in_model += model[i].flags != 0;
	CHECK(covered == in_model);
}

/* Carves [start, end) as edit.c does, and checks the number of nodes foretold. */
static struct vma *carve(uint64_t start, uint64_t end)
{
	uint32_t foretold = vma_carve_needs(&set, addr_of(start), addr_of(end)), used = 0;
	struct vma *v;

	v = vma_first_in(&set, addr_of(start), addr_of(end));
	if (v && v->start < addr_of(start)) {
		vma_split(&set, v, addr_of(start), calloc(1, sizeof(*v)));
		used++;
	}
	v = vma_find(&set, addr_of(end));
	if (v && v->start < addr_of(end)) {
		vma_split(&set, v, addr_of(end), calloc(1, sizeof(*v)));
		used++;
	}
	CHECK(used == foretold);
	return vma_first_in(&set, addr_of(start), addr_of(end));
}

static void unmap(uint64_t start, uint64_t end)
{
	struct vma *v = carve(start, end), *next;

	for (; v && v->start < addr_of(end); v = next) {
		next = vma_next(v);
		vma_erase(&set, v);
		free(v);
	}
	for (uint64_t i = start; i < end; i++)
		model[i] = (struct cell){ 0 };
}

static void try_merge(struct vma *a, struct vma *b)
{
	if (!a || !b || !vma_can_merge(a, b))
		return;
	vma_merge(&set, a, b);
	free(b);
}

static void map(uint64_t start, uint64_t end, uint32_t flags, bool merge)
{
	struct vma *v = calloc(1, sizeof(*v));
	uint64_t shift = flags & VMA_SHARED ? test_below(3) : 0; /* some with other offsets */

	unmap(start, end);
	v->start = addr_of(start);
	v->end = addr_of(end);
	v->flags = flags;
	v->pgoff = start + shift;
	v->gap_max = test_random(); /* rubbish */
	vma_insert(&set, v);
	for (uint64_t i = start; i < end; i++)
		model[i] = (struct cell){ .flags = flags, .pgoff = i + shift };
	if (!merge)
		return;
	try_merge(v, vma_next(v));
	try_merge(vma_prev(v), v);
}

/* One end of a VMA moves into free space or into itself. */
static void resize(void)
{
	struct vma *v = vma_first_in(&set, addr_of(test_below(NR_PAGES)), addr_of(NR_PAGES)),
		   *other;
	uint64_t lo, hi, start, end;

	if (!v)
		return;
	other = vma_prev(v);
	lo = other ? page_of(other->end) : 0;
	other = vma_next(v);
	hi = other ? page_of(other->start) : NR_PAGES;
	start = lo + test_below(page_of(v->end) - lo);
	end = start + 1 + test_below(hi - start);
	lo = page_of(v->start);
	hi = page_of(v->end);
	if (start < lo && v->pgoff < lo - start)
		return;
	for (uint64_t i = lo; i < hi; i++)
		model[i] = (struct cell){ 0 };
	for (uint64_t i = start; i < end; i++)
		model[i] = (struct cell){ .flags = v->flags, .pgoff = v->pgoff + i - lo };
	vma_resize(&set, v, addr_of(start), addr_of(end));
}

/* Where the guard gap above a free page begins, if it is a stack that comes next; else above all. */
static uint64_t model_guard(uint64_t at)
{
	for (; at < NR_PAGES; at++)
		if (model[at].flags) /* the next VMA above */
			return !(model[at].flags & VMA_GROWSDOWN) ? NR_PAGES
			       : at > GUARD                       ? at - GUARD
								  : 0;
	return NR_PAGES;
}

/* True if len pages at `at` are free, the guard gap of a stack above included. */
static bool model_fits(uint64_t at, uint64_t len)
{
	return model_is_free(at, at + len) && at + len <= model_guard(at + len);
}

/* The end of the highest len pages in [lo, hi); 0: there are none. */
static uint64_t model_top_down(uint64_t lo, uint64_t hi, uint64_t len)
{
	uint64_t end = hi;

	while (end >= lo + len) {
		if (!model_is_free(end - len, end))
			end--;
		else if (model_guard(end) < end)
			end = model_guard(end);
		else
			return end;
	}
	return 0;
}

static void check_gaps(void)
{
	uint64_t lo = test_below(NR_PAGES), hi = lo + test_below(NR_PAGES - lo), i;
	uint64_t len = 1 + test_below(test_below(4) ? 8 : 400);
	vaddr_t addr = 0;
	bool found;

	found = vma_gap_top_down(&set, len << PAGE_SHIFT, addr_of(lo), addr_of(hi), &addr);
	i = model_top_down(lo, hi, len);
	CHECK(found == (i != 0));
	CHECK(!found || page_of(addr) == i - len);

	found = vma_gap_bottom_up(&set, len << PAGE_SHIFT, addr_of(lo), addr_of(hi), &addr);
	for (i = lo; i + len <= hi && !model_fits(i, len); i++)
		;
	CHECK(found == (i + len <= hi));
	CHECK(!found || page_of(addr) == i);
}

static void check_find(void)
{
	uint64_t page = test_below(NR_PAGES), i;
	vaddr_t addr = addr_of(page) + test_below(PAGE_SIZE);
	struct vma *v = vma_find(&set, addr), *prev, *above;

	CHECK((v != NULL) == (model[page].flags != 0));
	CHECK(!v || vma_contains(v, addr));
	above = vma_at_or_above(&set, addr, &prev);
	CHECK(!v || above == v);
	CHECK(above ? vma_prev(above) == prev : vma_last(&set) == prev);
	for (i = page; i < NR_PAGES && !model[i].flags; i++)
		;
	CHECK((above != NULL) == (i < NR_PAGES));
	CHECK(!above || vma_contains(above, addr_of(i)));
}

static uint32_t random_flags(void)
{
	static const uint32_t kinds[] = { VMA_READ, VMA_READ | VMA_WRITE, VMA_READ | VMA_SHARED };

	if (test_below(20) == 0)
		return VMA_READ | VMA_WRITE | VMA_GROWSDOWN;
	return kinds[test_below(3)];
}

static void step(uint64_t max_len)
{
	uint64_t start = test_below(NR_PAGES);
	uint64_t end = min(start + 1 + test_below(max_len), (uint64_t)NR_PAGES);

	switch (test_below(8)) {
	case 0:
	case 1:
	case 2:
		map(start, end, random_flags(), test_below(2));
		break;
	case 3:
	case 4:
		unmap(start, end);
		break;
	case 5:
		resize();
		break;
	case 6: {
		struct vma *v = vma_find(&set, addr_of(start));

		if (v)
			try_merge(v, vma_next(v));
		break;
	}
	default:
		carve(start, end);
	}
}

int main(int argc, char **argv)
{
	test_begin(argc, argv, "vma");
	for (int i = 0; i < 60000; i++) {
		/* Phases: many small VMAs, few large ones. */
		step(i / 5000 % 2 ? 60 : 6);
		check_find();
		check_gaps();
		if (i % 8 == 0)
			check_all();
	}
	CHECK(longest_chain > 100);
	unmap(0, NR_PAGES);
	check_all();
	CHECK(!set.tree.root && !set.count);
	return 0;
}

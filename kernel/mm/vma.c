// SPDX-License-Identifier: MIT
/*
 * The VMAs of one address space as an ordered set of ranges, in a balanced tree by address:
 *
 *	        [ c )            gap:     free bytes right below each VMA
 *	       /     \           gap_max: the largest gap in the subtree, so that "where do len bytes fit?"
 *	    [ a )   [ e )                 leaves out whole subtrees
 *
 * What it is not: no locks, page tables, files or memory allocation: callers bring the nodes. The file compiles on the
 * host, where it is tested against a naive model (tools/hosttests/vma_test.c).
 *
 * Invariant: see struct vma_set. Whatever changes an end of a VMA changes the gap of its successor as well.
 */
#include "mm/vma.h"

static u64 max_gap_of(struct rb_node *n)
{
	return n ? vma_of(n)->gap_max : 0;
}

static bool update_gap_max(struct rb_node *n)
{
	struct vma *v = vma_of(n);
	u64 largest = max(v->gap, max(max_gap_of(n->left), max_gap_of(n->right)));

	if (v->gap_max == largest)
		return false;
	v->gap_max = largest;
	return true;
}

static const struct rb_augment gap_augment = { update_gap_max };

/* The usable bytes between prev_end and v. */
static u64 gap_below(const struct vma *v, vaddr_t prev_end)
{
	vaddr_t top = vma_start_with_guard(v);

	return top > prev_end ? top - prev_end : 0;
}

/* v (NULL: nothing) now follows what ends at prev_end. */
static void set_gap(struct vma *v, vaddr_t prev_end)
{
	if (!v)
		return;
	v->gap = gap_below(v, prev_end);
	rb_update(&v->node, &gap_augment);
}

struct vma *vma_at_or_above(const struct vma_set *s, vaddr_t addr, struct vma **prev)
{
	struct rb_node *n = s->tree.root;
	struct vma *above = NULL, *below = NULL;

	while (n) {
		struct vma *v = vma_of(n);

		if (v->end > addr) {
			above = v;
			n = n->left;
		} else {
			below = v;
			n = n->right;
		}
	}
	if (prev)
		*prev = below;
	return above;
}

struct vma *vma_find_slow(struct vma_set *s, vaddr_t addr)
{
	struct rb_node *n = s->tree.root;

	while (n) {
		struct vma *v = vma_of(n);

		if (addr < v->start) {
			n = n->left;
		} else if (addr >= v->end) {
			n = n->right;
		} else {
			__atomic_store_n(&s->last_found, v, __ATOMIC_RELAXED);
			return v;
		}
	}
	return NULL;
}

void vma_insert(struct vma_set *s, struct vma *v)
{
	struct rb_node **link = &s->tree.root, *parent = NULL;
	struct vma *prev = NULL, *next = NULL;

	while (*link) {
		parent = *link;
		if (v->start < vma_of(parent)->start) {
			next = vma_of(parent);
			link = &parent->left;
		} else {
			prev = vma_of(parent);
			link = &parent->right;
		}
	}
	v->gap = gap_below(v, prev ? prev->end : 0);
	rb_insert(&s->tree, &v->node, parent, link, &gap_augment);
	set_gap(next, v->end);
	s->count++;
}

void vma_erase(struct vma_set *s, struct vma *v)
{
	struct vma *prev = vma_prev(v), *next = vma_next(v);

	if (s->last_found == v)
		s->last_found = NULL;
	rb_erase(&s->tree, &v->node, &gap_augment);
	set_gap(next, prev ? prev->end : 0);
	s->count--;
}

void vma_resize(struct vma_set *s, struct vma *v, vaddr_t start, vaddr_t end)
{
	struct vma *prev;

	(void)s;
	if (start != v->start) {
		prev = vma_prev(v);
		v->pgoff += (s64)(start - v->start) >> PAGE_SHIFT;
		v->start = start;
		set_gap(v, prev ? prev->end : 0);
	}
	if (end != v->end) {
		v->end = end;
		set_gap(vma_next(v), end);
	}
}

void vma_split(struct vma_set *s, struct vma *v, vaddr_t addr, struct vma *fresh)
{
	*fresh = *v;
	fresh->prealloc_next = NULL;
	fresh->start = addr;
	fresh->pgoff = vma_pgoff_at(v, addr);
	vma_resize(s, v, v->start, addr);
	vma_insert(s, fresh);
}

u32 vma_carve_needs(const struct vma_set *s, vaddr_t start, vaddr_t end)
{
	struct vma *v = vma_at_or_above(s, start, NULL);
	u32 nr = 0;

	if (v && v->start < start)
		nr++;
	if (v && v->end < end)
		v = vma_at_or_above(s, end, NULL);
	if (v && v->start < end && v->end > end)
		nr++;
	return nr;
}

bool vma_can_merge(const struct vma *a, const struct vma *b)
{
	return a->end == b->start && a->flags == b->flags && a->ops == b->ops &&
	       a->mapping == b->mapping && a->file == b->file &&
	       a->pgoff + vma_pages(a) == b->pgoff && !(a->flags & VMA_DEVICE);
}

void vma_merge(struct vma_set *s, struct vma *a, struct vma *b)
{
	vaddr_t end = b->end;

	vma_erase(s, b);
	vma_resize(s, a, a->start, end);
}

/* A search for len bytes in [lo, hi). */
struct gap_query {
	u64 len;
	vaddr_t lo, hi;
};

/* Does the free range [start, end), cut to the query's bounds, hold len bytes? Then it is left in *start, *end. */
static bool gap_fits(const struct gap_query *q, vaddr_t *start, vaddr_t *end)
{
	*start = max(*start, q->lo);
	*end = min(*end, q->hi);
	return *end > *start && *end - *start >= q->len;
}

/* The gap below v, against the query. */
static bool own_gap_fits(
	const struct gap_query *q, const struct vma *v, vaddr_t *start, vaddr_t *end)
{
	*end = vma_start_with_guard(v);
	*start = *end - v->gap;
	return v->gap && gap_fits(q, start, end);
}

/*
 * The highest gap of the subtree that fits. Subtrees without a large enough gap are left out; one that has it only out
 * of bounds is entered along the bound and nowhere else, so the cost is the tree's depth, as is the recursion's.
 */
static bool highest_gap(struct rb_node *n, const struct gap_query *q, vaddr_t *start, vaddr_t *end)
{
	struct vma *v = vma_of(n);

	if (!v || v->gap_max < q->len)
		return false;
	if (v->end < q->hi && highest_gap(n->right, q, start, end))
		return true;
	if (own_gap_fits(q, v, start, end))
		return true;
	return v->start > q->lo && highest_gap(n->left, q, start, end);
}

static bool lowest_gap(struct rb_node *n, const struct gap_query *q, vaddr_t *start, vaddr_t *end)
{
	struct vma *v = vma_of(n);

	if (!v || v->gap_max < q->len)
		return false;
	if (v->start > q->lo && lowest_gap(n->left, q, start, end))
		return true;
	if (own_gap_fits(q, v, start, end))
		return true;
	return v->end < q->hi && lowest_gap(n->right, q, start, end);
}

/* The range above all VMAs belongs to none of them. */
static bool top_gap_fits(
	const struct vma_set *s, const struct gap_query *q, vaddr_t *start, vaddr_t *end)
{
	struct vma *last = vma_last(s);

	*start = last ? last->end : 0;
	*end = ~0UL & PAGE_MASK;
	return gap_fits(q, start, end);
}

bool vma_gap_top_down(const struct vma_set *s, u64 len, vaddr_t lo, vaddr_t hi, vaddr_t *addr)
{
	struct gap_query q = { .len = len, .lo = lo, .hi = hi };
	vaddr_t start, end;

	if (!top_gap_fits(s, &q, &start, &end) && !highest_gap(s->tree.root, &q, &start, &end))
		return false;
	*addr = end - len;
	return true;
}

bool vma_gap_bottom_up(const struct vma_set *s, u64 len, vaddr_t lo, vaddr_t hi, vaddr_t *addr)
{
	struct gap_query q = { .len = len, .lo = lo, .hi = hi };
	vaddr_t start, end;

	if (!lowest_gap(s->tree.root, &q, &start, &end) && !top_gap_fits(s, &q, &start, &end))
		return false;
	*addr = start;
	return true;
}

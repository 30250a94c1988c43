// SPDX-License-Identifier: MIT
/*
 * The VMAs of one address space as an ordered set of ranges, in a balanced tree by address:
 *
 *	        [ c )            gap:     free bytes right below each VMA
 *	       /     \           gap_max: the largest gap in the subtree, so that "where do len bytes fit?"
 *	    [ a )   [ e )                 leaves out whole subtrees
 *
 * What it is not: no locks, page tables, files or memory allocation: callers bring the nodes. The
 * file compiles on the host, where it is tested against a naive model (tools/hosttests/vma_test.c).
 *
 * Invariant: see struct vma_set. Whatever changes an end of a VMA changes the gap of its successor
 * as well.
 */
#include "mm/vma.h"

static u64 max_gap_of(struct rb_node *n)
{
	return n ? rb_entry(n, struct vma, node)->gap_max : 0;
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

/* The same, but says "changed" always: brings the whole way to the root up to date. */
static bool update_always(struct rb_node *n)
{
	update_gap_max(n);
	return true;
}

static const struct rb_augment whole_way = { update_always };

/* v (NULL: nothing) now follows what ends at prev_end. */
static void set_gap(struct vma *v, vaddr_t prev_end)
{
	if (!v)
		return;
	v->gap = v->start - prev_end;
	rb_update(&v->node, &gap_augment);
}

/* Is v the lowest VMA that ends above addr? */
static bool is_at_or_above(const struct vma *v, vaddr_t addr)
{
	return addr < v->end && addr >= v->start - v->gap;
}

struct vma *vma_at_or_above(struct vma_set *s, vaddr_t addr, struct vma **prev)
{
	struct rb_node *n = s->tree.root;
	struct vma *above = __atomic_load_n(&s->last_found, __ATOMIC_RELAXED), *below = NULL;

	if (above && is_at_or_above(above, addr)) {
		if (prev)
			*prev = vma_prev(above);
		return above;
	}
	above = NULL;
	while (n) {
		struct vma *v = rb_entry(n, struct vma, node);

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
	if (above)
		__atomic_store_n(&s->last_found, above, __ATOMIC_RELAXED);
	return above;
}

struct vma *vma_find_slow(struct vma_set *s, vaddr_t addr)
{
	struct rb_node *n = s->tree.root;

	while (n) {
		struct vma *v = rb_entry(n, struct vma, node);

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

/*
 * Between neighbours there is one free place: below prev on the right, or else below next on the
 * left. So next is above v on the way to the root, and one walk up brings both gaps into account.
 */
void vma_insert_between(struct vma_set *s, struct vma *v, struct vma *prev, struct vma *next)
{
	struct rb_node *parent = NULL, **link = &s->tree.root;

	if (prev && !prev->node.right) {
		parent = &prev->node;
		link = &parent->right;
	} else if (next) {
		parent = &next->node;
		link = &parent->left;
	}
	v->gap = v->start - (prev ? prev->end : 0);
	if (next)
		next->gap = next->start - v->end;
	rb_insert(&s->tree, &v->node, parent, link, next ? &whole_way : &gap_augment);
	s->count++;
	s->last_found = v; /* who maps a range goes on with it */
}

void vma_insert(struct vma_set *s, struct vma *v)
{
	struct vma *prev, *next = vma_at_or_above(s, v->start, &prev);

	vma_insert_between(s, v, prev, next);
}

/* Takes v out of the tree, as `augment` says; the caller has set the gap of the next one. */
static void unlink(struct vma_set *s, struct vma *v, const struct rb_augment *augment)
{
	if (s->last_found == v)
		s->last_found = NULL;
	rb_erase(&s->tree, &v->node, augment);
	s->count--;
}

/* The successor is above v in the tree, where one walk up sees it; or takes v's place, or already
 * hangs below it. */
void vma_erase(struct vma_set *s, struct vma *v)
{
	struct vma *prev = vma_prev(v), *next = vma_next(v);

	if (next)
		next->gap = next->start - (prev ? prev->end : 0);
	unlink(s, v, &whole_way);
	if (next)
		rb_update(&next->node, &gap_augment);
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
	struct rb_node *parent = &v->node, **link = &parent->right;

	*fresh = *v;
	fresh->prealloc_next = NULL;
	fresh->start = addr;
	fresh->pgoff = vma_pgoff_at(v, addr);
	/* Nobody else's gap changes: v keeps the gap below, what follows the end still does. */
	v->end = addr;
	fresh->gap = 0;
	if (*link) {
		parent = rb_next(&v->node);
		link = &parent->left;
	}
	rb_insert(&s->tree, &fresh->node, parent, link, &gap_augment);
	s->count++;
}

int vma_carve_needs(struct vma_set *s, vaddr_t start, vaddr_t end)
{
	struct vma *v = vma_at_or_above(s, start, NULL);
	int nr = 0;

	if (v && v->start < start) {
		if (!vma_may_cut(v, start))
			return -1;
		nr++;
	}
	if (v && v->end < end)
		v = vma_find(s, end);
	if (v && v->start < end && v->end > end) {
		if (!vma_may_cut(v, end))
			return -1;
		nr++;
	}
	return nr;
}

bool vma_can_merge(const struct vma *a, const struct vma *b)
{
	return a->end == b->start && a->flags == b->flags && a->ops == b->ops &&
	       a->mapping == b->mapping && a->file == b->file &&
	       a->pgoff + vma_pages(a) == b->pgoff && !(a->flags & (VMA_DEVICE | VMA_HUGETLB));
}

void vma_merge(struct vma_set *s, struct vma *a, struct vma *b)
{
	a->end = b->end;
	a->ever_private |= b->ever_private;
	unlink(s, b, &gap_augment); /* it had no gap, and what follows has the same one */
}

/* --- where is room? --- */

/* A search for len bytes in [lo, hi). */
struct gap_query {
	u64 len;
	vaddr_t lo, hi;
};

/* Does the free range [start, end), cut to the query's bounds, hold len bytes? Then it is left in
 * *start, *end. */
static bool fits(const struct gap_query *q, vaddr_t *start, vaddr_t *end)
{
	*start = max(*start, q->lo);
	*end = min(*end, q->hi);
	return *end > *start && *end - *start >= q->len;
}

/* The gap below v, against the query; whether v is a stack is not asked. */
static bool own_gap_fits(
	const struct gap_query *q, const struct vma *v, vaddr_t *start, vaddr_t *end)
{
	*end = v->start;
	*start = *end - v->gap;
	return v->gap >= q->len && fits(q, start, end);
}

/* The same without the guard gap. */
static bool own_usable_gap_fits(
	const struct gap_query *q, const struct vma *v, vaddr_t *start, vaddr_t *end)
{
	*end = vma_start_with_guard(v);
	*start = v->start - v->gap;
	return v->gap >= q->len && fits(q, start, end);
}

/* The free range above the last VMA (NULL: there is none), which is nobody's gap. */
static bool top_fits(
	const struct gap_query *q, const struct vma *last, vaddr_t *start, vaddr_t *end)
{
	*start = last ? last->end : 0;
	*end = PAGE_MASK;
	return fits(q, start, end);
}

/* The last (first) VMA of a subtree that has one with a gap of len. */
static struct vma *last_with_gap(struct rb_node *n, u64 len)
{
	for (;;) {
		if (max_gap_of(n->right) >= len)
			n = n->right;
		else if (vma_of(n)->gap >= len)
			return vma_of(n);
		else
			n = n->left;
	}
}

static struct vma *first_with_gap(struct rb_node *n, u64 len)
{
	for (;;) {
		if (max_gap_of(n->left) >= len)
			n = n->left;
		else if (vma_of(n)->gap >= len)
			return vma_of(n);
		else
			n = n->right;
	}
}

/* The next VMA above v with a gap of len, or NULL. */
static struct vma *next_with_gap(struct vma *v, u64 len)
{
	struct rb_node *n = &v->node, *parent;

	if (max_gap_of(n->right) >= len)
		return first_with_gap(n->right, len);
	for (; (parent = rb_parent(n)) != NULL; n = parent) {
		if (parent->right == n)
			continue;
		if (vma_of(parent)->gap >= len)
			return vma_of(parent);
		if (max_gap_of(parent->right) >= len)
			return first_with_gap(parent->right, len);
	}
	return NULL;
}

/* The way down to an address: the VMAs beside it, and where the gaps below them are. */
struct way_down {
	struct vma *above, *below; /* above: the lowest that ends at the address or behind it */
	/* the highest node of those below that has a gap of len itself or in its left subtree */
	struct rb_node *with_gap;
};

static struct way_down way_down_to(struct vma_set *s, vaddr_t addr, u64 len)
{
	struct rb_node *n = s->tree.root;
	struct way_down w = { 0 };

	while (n) {
		struct vma *v = vma_of(n);

		if (v->end >= addr) {
			w.above = v;
			n = n->left;
			continue;
		}
		w.below = v;
		if (v->gap >= len || max_gap_of(n->left) >= len)
			w.with_gap = n;
		n = n->right;
	}
	return w;
}

/* The highest VMA with a gap of len of those that hang at w.with_gap and below it on the left. */
static struct vma *highest_with_gap(const struct way_down *w, u64 len)
{
	struct vma *v = vma_of(w->with_gap);

	return !v || v->gap >= len ? v : last_with_gap(w->with_gap->left, len);
}

/*
 * The highest gap that fits, stacks or not: it ends at *end, below *above (NULL: above all). What
 * reaches over hi is the gap of w.above, or the one above all. All others are below it; so the
 * highest of those is cut by nothing but lo, and what is lower still is cut even more.
 */
static bool highest_gap(
	struct vma_set *s, const struct gap_query *q, struct vma **above, vaddr_t *end)
{
	struct way_down w = way_down_to(s, q->hi, q->len);
	vaddr_t start;

	*above = w.above;
	if (w.above ? own_gap_fits(q, w.above, &start, end) : top_fits(q, w.below, &start, end))
		return true;
	*above = highest_with_gap(&w, q->len);
	return *above && own_gap_fits(q, *above, &start, end);
}

bool vma_gap_top_down(struct vma_set *s, u64 len, vaddr_t lo, vaddr_t hi, vaddr_t *addr)
{
	struct gap_query q = { .len = len, .lo = lo, .hi = hi };
	struct vma *above;
	vaddr_t end;

	while (highest_gap(s, &q, &above, &end)) {
		if (above && vma_start_with_guard(above) < end) {
			q.hi = vma_start_with_guard(above);
			continue;
		}
		s->last_found = above; /* the next question is who stands around *addr */
		*addr = end - len;
		return true;
	}
	return false;
}

bool vma_gap_bottom_up(struct vma_set *s, u64 len, vaddr_t lo, vaddr_t hi, vaddr_t *addr)
{
	struct gap_query q = { .len = len, .lo = lo, .hi = hi };
	vaddr_t start, end;
	struct vma *v = vma_at_or_above(s, lo, NULL);

	while (v && !own_usable_gap_fits(&q, v, &start, &end))
		v = v->end < hi ? next_with_gap(v, len) : NULL;
	if (!v && !top_fits(&q, vma_last(s), &start, &end))
		return false;
	*addr = start;
	return true;
}

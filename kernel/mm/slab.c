/* SPDX-License-Identifier: MIT */
/*
 * Small objects. A cache serves objects of one size from slabs: blocks of 1 to 8 frames, cut into
 * objects, the free ones linked through their first word. In front of the slabs each CPU has a
 * magazine of free objects per cache:
 *
 *	slab_alloc() <- magazine <- refill: half a magazine <- slabs <- page_alloc_order()
 *	slab_free()  -> magazine -> flush: half a magazine   -> slabs -> page_free_order()
 *
 * so most calls take no lock and touch nothing that another CPU uses.
 *
 * A slab's state is in its first struct page: owner (the cache), order, index_low (1 + offset of
 * the first free object; 0: none), maps (objects taken). The other pages of the slab carry PG_SLAB,
 * owner and order, so that any object's page leads to the first.
 *
 * Invariant: a slab is on cache->partial if and only if it has a free object.
 * Locks: cache->lock (RANK_SLAB, irqsave) for slabs; interrupts off for magazines.
 *
 * DEBUG=1: free objects are filled with a pattern; a second free and a write after free are
 * noticed.
 */
#include "arch/smp.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "sync/spinlock.h"

#define MAX_CACHES     64
#define MAGAZINE_MAX   15
#define MAX_SLAB_ORDER 3
#define MAX_EMPTY      2 /* empty slabs that a cache keeps */

struct slab_cache {
	const char *name;
	u32 id;           /* index of its magazines */
	u32 size;         /* bytes from object to object */
	u32 order;        /* of a slab */
	u32 per_slab;     /* objects */
	u32 magazine_max; /* fewer for large objects */
	struct spinlock lock;
	struct page_list partial; /* slabs with a free object; the empty ones at the tail */
	u32 nr_empty;
	u64 nr_slabs, nr_taken; /* slabs; objects taken out of them (some lie in magazines) */
};

struct magazine {
	u32 nr;
	void *objs[MAGAZINE_MAX];
};

static DEFINE_PER_CPU(struct magazine, magazines[MAX_CACHES]);
static struct slab_cache caches[MAX_CACHES];
static u32 nr_caches;
static struct spinlock caches_lock = SPINLOCK_INIT(caches_lock, RANK_SLAB);

/* --- debugging --- */

#ifdef CONFIG_DEBUG
#define POISON    0x6b6b6b6b6b6b6b6bUL /* free */
#define UNWRITTEN 0x5a5a5a5a5a5a5a5aUL /* allocated, not zeroed */

/* The first word is the link while the object is free in a slab. */
static bool is_poisoned(const struct slab_cache *c, const u64 *obj)
{
	for (u32 i = 1; i < c->size / 8; i++)
		if (obj[i] != POISON)
			return false;
	return true;
}

static void fill(const struct slab_cache *c, u64 *obj, u64 pattern)
{
	for (u32 i = 0; i < c->size / 8; i++)
		obj[i] = pattern;
}

static void poison(const struct slab_cache *c, u64 *obj)
{
	fill(c, obj, POISON);
}

static void check_alloc(const struct slab_cache *c, void *obj)
{
	if (!is_poisoned(c, obj))
		panic("slab %s: object %p was written to after it was freed", c->name, obj);
	fill(c, obj, UNWRITTEN);
}

static void check_free(const struct slab_cache *c, void *obj)
{
	const struct page *p = virt_to_page(obj);
	u64 in_slab = (u64)obj & ((PAGE_SIZE << c->order) - 1);

	if (!page_test(p, PG_SLAB) || p->owner != c)
		panic("slab %s: %p is not an object of this cache", c->name, obj);
	if (in_slab % c->size || in_slab / c->size >= c->per_slab)
		panic("slab %s: %p is not the start of an object", c->name, obj);
	if (is_poisoned(c, obj))
		panic("slab %s: object %p is freed twice", c->name, obj);
	poison(c, obj);
}
#else
static void poison(const struct slab_cache *c, u64 *obj)
{
	(void)c, (void)obj;
}
static void check_alloc(const struct slab_cache *c, void *obj)
{
	(void)c, (void)obj;
}
static void check_free(const struct slab_cache *c, void *obj)
{
	(void)c, (void)obj;
}
#endif

/* --- slabs: all under c->lock --- */

static struct page *slab_of(const void *obj)
{
	struct page *p = virt_to_page(obj);

	return pfn_to_page(page_to_pfn(p) & ~((1UL << p->order) - 1));
}

/* Links obj into its slab's free objects. */
static void push_free(struct page *slab, void *obj)
{
	char *base = page_address(slab);

	*(void **)obj = slab->index_low ? base + slab->index_low - 1 : NULL;
	slab->index_low = (u32)((char *)obj - base) + 1;
}

static void *pop_free(struct page *slab)
{
	char *base = page_address(slab);
	void *obj = base + slab->index_low - 1;
	char *next = *(char **)obj;

	slab->index_low = next ? (u32)(next - base) + 1 : 0;
	return obj;
}

/* A new slab with all its objects free, on no list. NULL: no memory. => c->lock not held */
static struct page *new_slab(struct slab_cache *c, u32 how)
{
	struct page *slab = page_alloc_order(c->order, how & (PAGE_NOWAIT | PAGE_RESERVE));

	if (!slab)
		return NULL;
	for (u32 i = 0; i < 1u << c->order; i++) {
		slab[i].owner = c;
		slab[i].order = (u8)c->order;
		slab[i].flags = PG_SLAB;
	}
	slab->index_low = 0;
	for (u32 i = c->per_slab; i--;) {
		void *obj = (char *)page_address(slab) + i * c->size;

		poison(c, obj);
		push_free(slab, obj);
	}
	page_count_slab(1L << c->order);
	return slab;
}

/* Frees an empty slab that is on no list. */
static void free_slab(struct slab_cache *c, struct page *slab)
{
	for (u32 i = 0; i < 1u << c->order; i++) {
		slab[i].owner = NULL;
		slab[i].flags = 0;
	}
	slab->index_low = 0;
	page_free_order(slab, c->order);
	page_count_slab(-(1L << c->order));
	c->nr_slabs--;
}

/* An object from the slabs, or NULL if all are full. */
static void *take_object(struct slab_cache *c)
{
	struct page *slab = page_list_first(&c->partial);
	void *obj;

	if (!slab)
		return NULL;
	obj = pop_free(slab);
	if (slab->maps.v++ == 0)
		c->nr_empty--;
	c->nr_taken++;
	if (!slab->index_low)
		page_list_remove(&c->partial, slab);
	return obj;
}

static void slab_became_empty(struct slab_cache *c, struct page *slab)
{
	page_list_remove(&c->partial, slab);
	if (c->nr_empty >= MAX_EMPTY) {
		free_slab(c, slab);
		return;
	}
	page_list_append(&c->partial, slab);
	c->nr_empty++;
}

static void give_object(struct slab_cache *c, void *obj)
{
	struct page *slab = slab_of(obj);

	if (!slab->index_low)
		page_list_push(&c->partial, slab);
	push_free(slab, obj);
	c->nr_taken--;
	if (--slab->maps.v == 0)
		slab_became_empty(c, slab);
}

/* --- magazines: interrupts off --- */

static void refill(struct slab_cache *c, struct magazine *m)
{
	spin_lock(&c->lock);
	while (m->nr < (c->magazine_max + 1) / 2) {
		void *obj = take_object(c);

		if (!obj)
			break;
		m->objs[m->nr++] = obj;
	}
	spin_unlock(&c->lock);
}

/* The nr objects that came last go back. */
static void flush(struct slab_cache *c, struct magazine *m, u32 nr)
{
	m->nr -= nr;
	spin_lock(&c->lock);
	for (u32 i = 0; i < nr; i++)
		give_object(c, m->objs[m->nr + i]);
	spin_unlock(&c->lock);
}

/* One attempt to get an object out of this CPU's magazine, filling it if it is empty. */
static void *try_alloc(struct slab_cache *c)
{
	irqflags_t f = irq_save();
	struct magazine *m = this_cpu_ptr(&magazines[c->id]);
	void *obj = NULL;

	if (!m->nr)
		refill(c, m);
	if (m->nr)
		obj = m->objs[--m->nr];
	irq_restore(f);
	return obj;
}

static void *__noinline alloc_slow(struct slab_cache *c, u32 how)
{
	void *obj;

	while (!(obj = try_alloc(c))) {
		struct page *slab = new_slab(c, how);
		irqflags_t f;

		if (!slab)
			return NULL;
		f = spin_lock_irqsave(&c->lock);
		page_list_append(&c->partial, slab);
		c->nr_empty++;
		c->nr_slabs++;
		spin_unlock_irqrestore(&c->lock, f);
	}
	return obj;
}

static void zero_words(void *p, u64 nr)
{
	__asm__ volatile("rep stosq" : "+D"(p), "+c"(nr) : "a"(0) : "memory");
}

void *slab_alloc(struct slab_cache *c, u32 how)
{
	struct magazine *m;
	void *obj = NULL;
	irqflags_t f;

	if (!(how & PAGE_NOWAIT))
		might_sleep();
	f = irq_save();
	m = this_cpu_ptr(&magazines[c->id]);
	if (likely(m->nr))
		obj = m->objs[--m->nr];
	irq_restore(f);
	if (unlikely(!obj) && !(obj = alloc_slow(c, how)))
		return NULL;
	check_alloc(c, obj);
	if (how & PAGE_ZEROED)
		zero_words(obj, c->size / 8);
	return obj;
}

void slab_free(struct slab_cache *c, void *obj)
{
	struct magazine *m;
	irqflags_t f;

	check_free(c, obj);
	f = irq_save();
	m = this_cpu_ptr(&magazines[c->id]);
	if (unlikely(m->nr == c->magazine_max))
		flush(c, m, (c->magazine_max + 1) / 2);
	m->objs[m->nr++] = obj;
	irq_restore(f);
}

/* --- caches --- */

/* The smallest order that wastes at most an eighth of the slab. */
static u32 choose_order(u32 size)
{
	u32 order = 0;

	while (order < MAX_SLAB_ORDER &&
		((PAGE_SIZE << order) < size ||
			((PAGE_SIZE << order) % size) * 8 > PAGE_SIZE << order))
		order++;
	return order;
}

struct slab_cache *slab_cache_create(const char *name, size_t size, size_t align)
{
	irqflags_t f = spin_lock_irqsave(&caches_lock);
	struct slab_cache *c = &caches[nr_caches];

	if (nr_caches == MAX_CACHES)
		panic("slab_cache_create: more than %d caches: raise MAX_CACHES", MAX_CACHES);
	c->name = name;
	c->id = nr_caches;
	c->size = (u32)ALIGN_UP(max(size, 16UL), max(align, 16UL));
	c->order = choose_order(c->size);
	c->per_slab = (u32)((PAGE_SIZE << c->order) / c->size);
	c->magazine_max = clamp((u32)(2 * PAGE_SIZE / c->size), 2u, (u32)MAGAZINE_MAX);
	spin_init_named(&c->lock, RANK_SLAB, name);
	assert(c->per_slab);
	__atomic_store_n(&nr_caches, nr_caches + 1, __ATOMIC_RELEASE);
	spin_unlock_irqrestore(&caches_lock, f);
	return c;
}

static void flush_this_cpu(void *unused)
{
	irqflags_t f = irq_save();

	(void)unused;
	for (u32 i = 0; i < nr_caches; i++) {
		struct magazine *m = this_cpu_ptr(&magazines[i]);

		flush(&caches[i], m, m->nr);
	}
	irq_restore(f);
}

static u64 free_empty_slabs(struct slab_cache *c)
{
	irqflags_t f = spin_lock_irqsave(&c->lock);
	u64 freed = 0;

	for (; c->nr_empty; c->nr_empty--) {
		struct page *slab = page_list_last(&c->partial);

		page_list_remove(&c->partial, slab);
		free_slab(c, slab);
		freed += 1UL << c->order;
	}
	spin_unlock_irqrestore(&c->lock, f);
	return freed;
}

u64 slab_shrink(void)
{
	cpumask_t others = cpus_online & ~(1UL << cpu_id());
	u64 freed = 0;

	flush_this_cpu(NULL);
	if (others && irqs_enabled())
		smp_call(others, flush_this_cpu, NULL);
	for (u32 i = 0; i < nr_caches; i++)
		freed += free_empty_slabs(&caches[i]);
	return freed;
}

bool slab_get_stats(u32 index, struct slab_stats *st)
{
	const struct slab_cache *c = &caches[index];
	u64 in_magazines = 0;
	u32 cpu;

	if (index >= __atomic_load_n(&nr_caches, __ATOMIC_ACQUIRE))
		return false;
	for_each_cpu (cpu, cpus_online)
		in_magazines += per_cpu_ptr(&magazines[index], cpu)->nr;
	*st = (struct slab_stats){ .name = c->name,
		.size = c->size,
		.per_slab = c->per_slab,
		.pages_per_slab = 1u << c->order,
		.magazine = c->magazine_max,
		.nr_slabs = atomic_load_relaxed(&c->nr_slabs),
		.nr_active = atomic_load_relaxed(&c->nr_taken) - in_magazines };
	return true;
}

/* --- kmalloc --- */

static const struct {
	const char *name;
	u32 size;
} kmalloc_sizes[] = {
	{ "kmalloc-16", 16 },
	{ "kmalloc-32", 32 },
	{ "kmalloc-48", 48 },
	{ "kmalloc-64", 64 },
	{ "kmalloc-96", 96 },
	{ "kmalloc-128", 128 },
	{ "kmalloc-192", 192 },
	{ "kmalloc-256", 256 },
	{ "kmalloc-384", 384 },
	{ "kmalloc-512", 512 },
	{ "kmalloc-768", 768 },
	{ "kmalloc-1024", 1024 },
	{ "kmalloc-2048", 2048 },
};

#define KMALLOC_MAX_SMALL 2048
static struct slab_cache *kmalloc_caches[KMALLOC_MAX_SMALL / 16 + 1]; /* by size / 16, rounded up */

/* Whole frames: the order is kept in the first page, which is how kfree knows. */
static void *alloc_frames(size_t size, u32 how)
{
	u32 order = size <= PAGE_SIZE ? 0 : log2_floor((size - 1) >> PAGE_SHIFT) + 1;
	struct page *p = order <= PAGE_MAX_ORDER ? page_alloc_order(order, how) : NULL;

	if (!p)
		return NULL;
	p->order = (u8)order;
	page_count_large(1L << order);
	return page_address(p);
}

void *kmalloc_how(size_t size, u32 how)
{
	if (likely(size <= KMALLOC_MAX_SMALL))
		return slab_alloc(kmalloc_caches[(size + 15) / 16], how);
	return alloc_frames(size, how);
}

void *kmalloc(size_t size)
{
	return kmalloc_how(size, 0);
}

void *kzalloc(size_t size)
{
	return kmalloc_how(size, PAGE_ZEROED);
}

void kfree(void *p)
{
	struct page *page;

	if (!p)
		return;
	page = virt_to_page(p);
	if (likely(page_test(page, PG_SLAB))) {
		slab_free(page->owner, p);
		return;
	}
	assert(page_offset_in((u64)p) == 0);
	page_count_large(-(1L << page->order));
	page_free_order(page, page->order);
}

char *kstrdup(const char *s)
{
	size_t size = strlen(s) + 1;
	char *copy = kmalloc(size);

	if (copy)
		memcpy(copy, s, size);
	return copy;
}

void slab_init(void)
{
	u32 next = 0;

	for (u32 i = 0; i < ARRAY_SIZE(kmalloc_sizes); i++) {
		struct slab_cache *c = slab_cache_create(kmalloc_sizes[i].name,
			kmalloc_sizes[i].size, kmalloc_sizes[i].size & -kmalloc_sizes[i].size);

		while (next <= kmalloc_sizes[i].size / 16)
			kmalloc_caches[next++] = c;
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * Frames: the array of struct page, and the allocator that everybody calls. The life of a page:
 *
 *	                      page_init()
 *	PG_RESERVED ------------------------+      (not RAM, the kernel's image, boot modules)
 *	                                    v
 *	   +--------------- free: PG_BUDDY block, or in a CPU's cache ---------------+
 *	   | page_alloc()       ^         ^        ^        ^                        |
 *	   v                    |         |        |        |     page_alloc_order() v
 *	 refs = 1, nobody's     |         |        |        +---- slab: new_slab(), PG_SLAB
 *	   |                    |         |        |                slab_shrink()
 *	   | anon_fault()       | zap     |        | mmu_destroy()
 *	   +-> anonymous -------+         |        |
 *	   |   PG_ANON, a reference for   |        |
 *	   |   each PTE                   |        |
 *	   | page_alloc_table()           |        |
 *	   +-> page table: PG_TABLE ------|--------+
 *	   |                              |
 *	   | pagecache_grab(), _read()    | reclaim, truncation: out of the mapping, page_put()
 *	   +-> cached: mapping, index, PG_LRU
 *	         | pagecache_mark_dirty()        ^
 *	         v                               | pagecache_end_write()
 *	       PG_DIRTY -- write_pages() --> PG_WRITEBACK
 *
 * Every arrow upwards into "free" is page_put() of the last reference, or page_free_order().
 *
 * Not here: which blocks are free (buddy.c), which page to give up when memory is short (reclaim,
 * called by hooks).
 *
 * Invariant: a free frame has refs = maps = flags = 0 and no mapping (PG_BUDDY at the head of a
 * free block), so that page_alloc() sets refs and nothing else. Locks: buddy_lock (irqsave). Each
 * CPU has a cache of single frames which needs interrupts off and no lock: kernel code stays on its
 * CPU unless it sleeps, and handlers are the only others who come here on this CPU.
 */
#include "arch/bootinfo.h"
#include "arch/smp.h"
#include "debug/printk.h"
#include "lib/hash.h"
#include "lib/string.h"
#include "mm/buddy.h"
#include "mm/slab.h"
#include "mm/kstack.h"
#include "sync/spinlock.h"

struct page *page_array;
pfn_t page_array_end;
struct page *zero_page;
u64 page_low_watermark, page_min_watermark;
u32 page_fail_every;

static struct spinlock buddy_lock = SPINLOCK_INIT(buddy_lock, RANK_BUDDY);
static struct buddy buddy;
static u64 total_frames;
static pfn_t nr_described; /* boot: entries of the array that are right already */
static atomic64_t nr_slab, nr_large, nr_stack, nr_tables;
DEFINE_PER_CPU(u64, page_nr_anon);
static DEFINE_PER_CPU(u64, nr_freed);

static void (*reclaim_wake)(void);
static u64 (*reclaim_direct)(u64 nr);
static bool (*reclaim_cannot_wait)(void);
static void (*lru_remove)(struct page *p);

void page_set_reclaim(void (*wake)(void), u64 (*direct)(u64 nr), bool (*cannot_wait)(void))
{
	reclaim_wake = wake;
	reclaim_direct = direct;
	reclaim_cannot_wait = cannot_wait;
}

void page_set_lru_remove(void (*remove)(struct page *p))
{
	lru_remove = remove;
}

/* --- this CPU's cache of single frames --- */

#define FREE_MARK         0xf2eef2ee00000000
#define CACHE_MAX         48 /* frames; a batch goes back when it is full */
#define CACHE_BATCH_ORDER 4
#define CACHE_BATCH       (1u << CACHE_BATCH_ORDER)

struct frame_stack {
	u32 nr;
	struct page *frames[CACHE_MAX]; /* the last one freed is given first: it is still warm */
};

struct frame_cache {
	struct frame_stack any;
	struct frame_stack zeroed; /* were page tables: page_alloc_table() */
};

static DEFINE_PER_CPU(struct frame_cache, frame_cache);

/* Debug builds mark the frames in these caches: whoever stores to one, through a translation that
 * outlived it or a stray pointer, destroys the mark. */
static void mark_free(struct page *p)
{
#ifdef CONFIG_DEBUG
	*(u64 *)page_address(p) = FREE_MARK ^ page_to_pfn(p);
#else
	(void)p;
#endif
}

static void check_mark(struct page *p)
{
#ifdef CONFIG_DEBUG
	u64 word = *(u64 *)page_address(p);

	if (word != (FREE_MARK ^ page_to_pfn(p)))
		panic("page: frame %lx was stored to while it was free: %lx", page_to_pfn(p), word);
#else
	(void)p;
#endif
}

/* A table's frame was zeros but for the mark. */
static void clear_mark(struct page *p)
{
#ifdef CONFIG_DEBUG
	const u64 *words = page_address(p);
	u64 all = 0;

	*(u64 *)page_address(p) = 0;
	for (u32 i = 0; i < PAGE_SIZE / sizeof(u64); i++)
		all |= words[i];
	assert(!all);
#else
	(void)p;
#endif
}

static inline void push(struct frame_stack *s, struct page *p)
{
	mark_free(p);
	s->frames[s->nr++] = p;
}

static inline struct page *pop(struct frame_stack *s)
{
	struct page *p = NULL;

	if (likely(s->nr)) {
		p = s->frames[--s->nr];
		check_mark(p);
	}
	return p;
}

/* Frames that must stay free after an allocation of this kind. */
static u64 reserve_for(u32 how)
{
	if (how & PAGE_RESERVE)
		return 0;
	if (how & PAGE_USER)
		return page_min_watermark;
	return how & PAGE_NOWAIT ? page_min_watermark / 4 : page_min_watermark / 2;
}

/* May the caches hold frames? Whoever comes gets one out of a cache, so what is left for the kernel
 * does not go there. */
static bool may_cache(u64 nr_free)
{
	return nr_free >= page_min_watermark + CACHE_BATCH;
}

/* Moves about a batch into the (empty) cache: fragments first, and whole blocks, so that nothing is
 * split smaller than a batch. Out of the reserve only the one frame that is wanted.
 * => interrupts off */
static void cache_refill(struct frame_stack *s, u32 how)
{
	u64 reserve = reserve_for(how);
	bool batch = true;

	spin_lock(&buddy_lock);
	while (s->nr < (batch ? CACHE_BATCH / 2 : 1) && buddy.nr_free > reserve) {
		u32 order = (batch = may_cache(buddy.nr_free)) ? CACHE_BATCH_ORDER : 0;
		struct page *p = buddy_take_smallest(&buddy, &order);

		for (u32 i = 1u << order; i--;)
			push(s, p + i);
	}
	spin_unlock(&buddy_lock);
}

/* The number of frames from frames[0] on that follow each other in memory, up or down; *first is
 * the lowest of them. Memory that was given out by blocks comes back so. */
static u32 run_length(struct page *const *frames, u32 nr, struct page **first)
{
	u32 n = 1;
	s64 step = nr > 1 && frames[1] < frames[0] ? -1 : 1;

	while (n < nr && frames[n] == frames[n - 1] + step)
		n++;
	*first = step > 0 ? frames[0] : frames[n - 1];
	return n;
}

/* Gives the nr frames that came last back. => interrupts off */
static void cache_drain(struct frame_stack *s, u32 nr)
{
	s->nr -= nr;
	spin_lock(&buddy_lock);
	for (u32 i = 0, n; i < nr; i += n) {
		struct page *first;

		n = run_length(&s->frames[s->nr + i], nr - i, &first);
		buddy_give_range(&buddy, page_to_pfn(first), n);
	}
	spin_unlock(&buddy_lock);
}

/* => interrupts off */
static void cache_drain_all(struct frame_cache *c)
{
	cache_drain(&c->any, c->any.nr);
	cache_drain(&c->zeroed, c->zeroed.nr);
}

static void drain_this_cpu(void *unused)
{
	irqflags_t f = irq_save();

	(void)unused;
	cache_drain_all(this_cpu_ptr(&frame_cache));
	irq_restore(f);
}

void page_drain_caches(void)
{
	cpumask_t others = cpus_online & ~(1UL << cpu_id());

	drain_this_cpu(NULL);
	if (others && irqs_enabled())
		smp_call(others, drain_this_cpu, NULL);
}

/* --- allocation --- */

static void wake_reclaim_if_low(void)
{
	if (unlikely(atomic_load_relaxed(&buddy.nr_free) < page_low_watermark) && reclaim_wake)
		reclaim_wake();
}

/* Stress switch: is it this allocation's turn to fail? One of N, but not strictly each N-th: who
 * tries again after two allocations would never get the second one of them. */
static bool __noinline fails_by_wish(u32 how)
{
	static atomic64_t count;

	return !(how & PAGE_RESERVE) &&
	       hash_u64((u64)atomic64_add_return(&count, 1)) % page_fail_every == 0;
}

/* One attempt, without waiting. */
static struct page *take(u32 order, u32 how)
{
	irqflags_t f = irq_save();
	struct page *p = NULL;

	if (order == 0) {
		struct frame_cache *c = this_cpu_ptr(&frame_cache);

		if (!c->any.nr)
			cache_refill(&c->any, how);
		p = pop(&c->any);
		if (!p)
			p = pop(&c->zeroed);
	} else {
		spin_lock(&buddy_lock);
		if (buddy.nr_free >= reserve_for(how) + (1UL << order))
			p = buddy_take(&buddy, order);
		spin_unlock(&buddy_lock);
	}
	irq_restore(f);
	wake_reclaim_if_low();
	return p;
}

/* What is being written brings nothing yet, but will: so often reclaim may come back with empty
 * hands. */
#define FRUITLESS_ROUNDS 4

/* Reclaims until the attempt succeeds or there is nothing left to reclaim. The last resorts cost
 * more than they bring, so they come last: other CPUs' cached frames, empty slabs, stacks of
 * dead threads. */
static struct page *take_after_reclaim(u32 order, u32 how)
{
	struct page *p;
	u32 rounds = 16, fruitless = 0;

	while (reclaim_direct && rounds-- && fruitless < FRUITLESS_ROUNDS) {
		fruitless = reclaim_direct(max(32UL, 1UL << order)) ? 0 : fruitless + 1;
		if ((p = take(order, how)) != NULL)
			return p;
	}
	kstack_shrink();
	slab_shrink();
	page_drain_caches();
	return take(order, how);
}

/* Everything but the fast path: NULL if memory ran out. */
static struct page *__noinline alloc_slow(u32 order, u32 how)
{
	struct page *p = take(order, how);

	if (p || (how & (PAGE_NOWAIT | PAGE_RESERVE)))
		return p;
	if (reclaim_cannot_wait && reclaim_cannot_wait())
		return how & PAGE_USER ? NULL : take(order, PAGE_RESERVE);
	return take_after_reclaim(order, how);
}

struct page *page_alloc(u32 how)
{
	struct page *p;
	irqflags_t f;

	if (!(how & PAGE_NOWAIT))
		might_sleep();
	if (unlikely(page_fail_every) && fails_by_wish(how))
		return NULL;
	f = irq_save();
	p = pop(&this_cpu_ptr(&frame_cache)->any);
	irq_restore(f);
	if (unlikely(!p) && !(p = alloc_slow(0, how)))
		return NULL;
	debug_assert(!p->flags && !atomic_read(&p->refs) && !atomic_read(&p->maps) && !p->mapping);
	atomic_set(&p->refs, 1);
	if (how & PAGE_ZEROED)
		page_zero(p);
	return p;
}

struct page *page_alloc_table(void)
{
	irqflags_t f = irq_save();
	struct page *p = pop(&this_cpu_ptr(&frame_cache)->zeroed);

	irq_restore(f);
	if (p) {
		clear_mark(p);
		atomic_set(&p->refs, 1);
	} else if (!(p = page_alloc(PAGE_ZEROED | PAGE_NOWAIT))) {
		return NULL;
	}
	page_mark_table(p);
	return p;
}

struct page *page_alloc_order(u32 order, u32 how)
{
	struct page *p;

	if (order == 0)
		return page_alloc(how);
	if (!(how & PAGE_NOWAIT))
		might_sleep();
	if (order > PAGE_MAX_ORDER || (unlikely(page_fail_every) && fails_by_wish(how)))
		return NULL;
	p = alloc_slow(order, how);
	if (!p)
		return NULL;
	atomic_set(&p->refs, 1);
	for (u32 i = 0; (how & PAGE_ZEROED) && i < 1u << order; i++)
		page_zero(p + i);
	return p;
}

/* --- freeing --- */

/* States in which a frame cannot be freed. */
#define PG_IN_USE (PG_LOCKED | PG_WRITEBACK | PG_SLAB | PG_BUDDY | PG_RESERVED)

static void __noinline free_panic(const struct page *p)
{
	panic("page_free: frame %lx is in use or free already: flags %x, refs %d, maps %d, owner "
	      "%p",
		page_to_pfn(p), p->flags, atomic_read(&p->refs), atomic_read(&p->maps), p->owner);
}

/* Brings a page to the state of a free one. */
static inline void retire(struct page *p)
{
	if (unlikely(p->flags)) {
		if ((p->flags & PG_LRU) && lru_remove)
			lru_remove(p);
		if (p->flags & PG_ANON)
			this_cpu_add8(page_nr_anon, -1);
	}
	if (unlikely((p->flags & PG_IN_USE) || atomic_read(&p->maps)))
		free_panic(p);
	p->mapping = NULL;
	p->flags = 0;
	atomic_set(&p->refs, 0);
}

/* Into the cache, whose stack `s` is. */
static inline void free_to(struct frame_cache *c, struct frame_stack *s, struct page *p)
{
	if (unlikely(s->nr == CACHE_MAX))
		cache_drain(s, CACHE_BATCH);
	push(s, p);
	if (unlikely(!may_cache(atomic_load_relaxed(&buddy.nr_free))))
		cache_drain_all(c);
}

static void __noinline free_table(struct page *p)
{
	bool zeroed = p->flags & PG_EMPTY;
	irqflags_t f;
	struct frame_cache *c;

	atomic64_add_return(&nr_tables, -1);
	retire(p);
	this_cpu_add8(nr_freed, 1);
	f = irq_save();
	c = this_cpu_ptr(&frame_cache);
	free_to(c, zeroed ? &c->zeroed : &c->any, p);
	irq_restore(f);
}

void page_free(struct page *p)
{
	struct frame_cache *c;
	irqflags_t f;

	if (unlikely(p->flags & PG_TABLE)) {
		free_table(p);
		return;
	}
	retire(p);
	this_cpu_add8(nr_freed, 1);
	f = irq_save();
	c = this_cpu_ptr(&frame_cache);
	free_to(c, &c->any, p);
	irq_restore(f);
}

void page_free_order(struct page *p, u32 order)
{
	irqflags_t f;

	if (order == 0) {
		page_free(p);
		return;
	}
	retire(p);
	this_cpu_add8(nr_freed, 1UL << order);
	f = spin_lock_irqsave(&buddy_lock);
	buddy_give(&buddy, p, order);
	spin_unlock_irqrestore(&buddy_lock, f);
}

/* --- bookkeeping --- */

void page_mark_table(struct page *p)
{
	p->flags |= PG_TABLE;
	atomic64_add_return(&nr_tables, 1);
}

void page_count_slab(s64 nr)
{
	atomic64_add_return(&nr_slab, nr);
}

void page_count_large(s64 nr)
{
	atomic64_add_return(&nr_large, nr);
}

void page_count_stack(s64 nr)
{
	atomic64_add_return(&nr_stack, nr);
}

static u64 nr_cached(const struct frame_cache *c)
{
	return atomic_load_relaxed(&c->any.nr) + atomic_load_relaxed(&c->zeroed.nr);
}

void page_get_stats(struct page_stats *st)
{
	u32 cpu;

	st->total = total_frames;
	st->free = atomic_load_relaxed(&buddy.nr_free);
	st->anon = st->nr_freed = 0;
	for_each_cpu (cpu, cpus_online) {
		st->free += nr_cached(per_cpu_ptr(&frame_cache, cpu));
		st->anon += *per_cpu_ptr(&page_nr_anon, cpu);
		st->nr_freed += *per_cpu_ptr(&nr_freed, cpu);
	}
	st->kernel_slab = (u64)atomic64_read(&nr_slab);
	st->kernel_large = (u64)atomic64_read(&nr_large);
	st->kernel_stack = (u64)atomic64_read(&nr_stack);
	st->tables = (u64)atomic64_read(&nr_tables);
}

void page_count_blocks(u64 counts[PAGE_MAX_ORDER + 1])
{
	for (u32 order = 0; order <= PAGE_MAX_ORDER; order++)
		counts[order] = atomic_load_relaxed(&buddy.free[order].count);
}

bool page_is_free(const struct page *p)
{
	pfn_t pfn = page_to_pfn(p);

	for (u32 order = 0; order <= PAGE_MAX_ORDER; order++) {
		const struct page *head = pfn_to_page(pfn & ~((1UL << order) - 1));

		if (page_test(head, PG_BUDDY) && head->order >= order)
			return true;
	}
	return false;
}

/* --- boot --- */

static pfn_t end_of_memory(void)
{
	paddr_t end = 0;

	for (u32 i = 0; i < bootinfo.nr_regions; i++)
		end = max(end, bootinfo.regions[i].end);
	return end >> PAGE_SHIFT;
}

static void make_array(void)
{
	u64 bytes = end_of_memory() * sizeof(struct page);

	page_array = phys_to_virt(boot_alloc_pages(DIV_ROUND_UP(bytes, PAGE_SIZE)));
	page_array_end = end_of_memory();
}

/* Frames that are not free: [nr_described, end). */
static void reserve_up_to(pfn_t end)
{
	for (; nr_described < end; nr_described++) {
		page_array[nr_described].flags = PG_RESERVED;
		atomic_set(&page_array[nr_described].refs, 1);
	}
}

/* In ascending order. The array is zeros, which is right for free frames: of those, however many,
 * only the heads of blocks are touched. Frame 0 stays reserved: page_list ends with 0. */
static void add_free_range(pfn_t first, u64 nr)
{
	if (first == 0 && nr) {
		first++;
		nr--;
	}
	assert(first >= nr_described);
	reserve_up_to(first);
	buddy_give_range(&buddy, first, nr);
	nr_described = first + nr;
	total_frames += nr;
}

/* 64 MiB: user memory leaves 256 KiB alone, and reclaim begins at 1 MiB. */
static void set_watermarks(void)
{
	page_min_watermark = clamp(total_frames / 256, 32UL, 2048UL);
	page_low_watermark = page_min_watermark * 4;
}

void page_init(void)
{
	make_array();
	boot_for_each_free(add_free_range);
	reserve_up_to(page_array_end);
	set_watermarks();
	zero_page = page_alloc(PAGE_ZEROED | PAGE_NOWAIT);
	if (!zero_page)
		panic("page_init: no free memory (%u regions)", bootinfo.nr_regions);
	zero_page->flags = PG_RESERVED;
	pr_info("memory: %lu MiB in %lu frames, %lu KiB of struct page", total_frames >> 8,
		total_frames, page_array_end * sizeof(struct page) / 1024);
}

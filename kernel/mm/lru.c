// SPDX-License-Identifier: MIT
/*
 * The order in which cache pages are given up: second chance with two lists.
 *
 *	lru_add -> [ inactive ............. oldest ] -> reclaim looks: used since? -> lru_activate
 *	              ^                                               no?          -> it may go
 *	              |  lru_balance: not used
 *	           [ active ............... oldest ]    used: back to the front, once
 *
 * So pages that are read once, however many, push out only each other.
 *
 *	lru_mlock: on no list, counted -> lru_munlock, the last one: inactive again
 *
 * Locked pages (mlock(2)) have PG_ACTIVE without PG_LRU; how many entries of locked VMAs map one
 * stands where the list's link was. That goes for private and shared memory too, which is never on
 * a list.
 *
 * Not here: what "used" means for a mapped page (rmap_try_referenced), and giving up (reclaim.c).
 * Invariant: PG_LRU if and only if the page is on a list, the one that PG_ACTIVE says; then it is
 * in the cache, so it has a reference, and another one may be taken under lru_lock. (With PG_ANON it
 * is on lazyfree.c's list.)
 */
#include "mm/lru.h"
#include "mm/lazyfree.h"
#include "sync/spinlock.h"

static struct spinlock lru_lock = SPINLOCK_INIT(lru_lock, RANK_LRU);
static struct page_list active, inactive; /* first: newest */
static u64 nr_mlocked;
static u64 nr_looked_at, nr_deactivated;

static struct page_list *list_of(const struct page *p)
{
	return page_test(p, PG_ACTIVE) ? &active : &inactive;
}

void lru_add(struct page *p)
{
	spin_lock(&lru_lock);
	page_set(p, PG_LRU);
	page_list_push(&inactive, p);
	spin_unlock(&lru_lock);
}

static void remove_locked(struct page *p)
{
	if (!page_test(p, PG_LRU))
		return;
	page_list_remove(list_of(p), p);
	page_clear(p, PG_LRU | PG_ACTIVE);
}

void lru_remove(struct page *p)
{
	if (!page_test(p, PG_LRU))
		return;
	if (page_test(p, PG_ANON)) {
		lazyfree_cancel(p);
		return;
	}
	spin_lock(&lru_lock);
	remove_locked(p);
	spin_unlock(&lru_lock);
}

void lru_leave_cache(struct page *p)
{
	spin_lock(&lru_lock);
	remove_locked(p);
	spin_unlock(&lru_lock);
}

void lru_activate(struct page *p)
{
	spin_lock(&lru_lock);
	if (page_test(p, PG_LRU) && !page_test(p, PG_ACTIVE)) {
		page_list_remove(&inactive, p);
		page_set(p, PG_ACTIVE);
		page_list_push(&active, p);
	}
	spin_unlock(&lru_lock);
}

void lru_mlock(struct page *p)
{
	lazyfree_cancel(p);
	spin_lock(&lru_lock);
	if (!page_is_mlocked(p)) {
		remove_locked(p);
		p->next_pfn = 0;
		page_set(p, PG_ACTIVE);
		nr_mlocked++;
	}
	p->next_pfn++;
	spin_unlock(&lru_lock);
}

/* A page that left the cache meanwhile (truncation) goes back to no list. */
static bool belongs_on_a_list(const struct page *p)
{
	return !page_test(p, PG_ANON | PG_SWAPBACKED) &&
	       __atomic_load_n(&p->mapping, __ATOMIC_RELAXED);
}

void lru_munlock(struct page *p)
{
	spin_lock(&lru_lock);
	assert(page_is_mlocked(p) && p->next_pfn);
	if (!--p->next_pfn) {
		page_clear(p, PG_ACTIVE);
		nr_mlocked--;
		if (belongs_on_a_list(p)) {
			page_set(p, PG_LRU);
			page_list_push(&inactive, p);
		}
	}
	spin_unlock(&lru_lock);
}

void lru_deactivate(struct page *p)
{
	page_clear(p, PG_REFERENCED);
	spin_lock(&lru_lock);
	if (page_test(p, PG_LRU) && page_test(p, PG_ACTIVE)) {
		page_list_remove(&active, p);
		page_clear(p, PG_ACTIVE);
		page_list_push(&inactive, p);
	}
	spin_unlock(&lru_lock);
}

u32 lru_take_oldest(enum lru_list which, struct page **pages, u32 nr)
{
	struct page_list *l = which == LRU_ACTIVE ? &active : &inactive;
	u32 n = 0;
	struct page *p;

	spin_lock(&lru_lock);
	while (n < nr && n < l->count && (p = page_list_last(l)) != NULL) {
		page_list_remove(l, p);
		page_list_push(l, p);
		page_get(p);
		pages[n++] = p;
	}
	spin_unlock(&lru_lock);
	return n;
}

void lru_balance(u32 nr)
{
	struct page *p;

	spin_lock(&lru_lock);
	while (nr-- && inactive.count < active.count && (p = page_list_last(&active)) != NULL) {
		nr_looked_at++;
		page_list_remove(&active, p);
		if (page_test_and_clear(p, PG_REFERENCED)) {
			page_list_push(&active, p);
			continue;
		}
		page_clear(p, PG_ACTIVE);
		page_list_push(&inactive, p);
		nr_deactivated++;
	}
	spin_unlock(&lru_lock);
}

/* => lru_lock held */
static pfn_t find_bad(const struct page_list *l, u32 flags)
{
	pfn_t pfn, last = 0;
	u64 nr = 0;

	for (pfn = l->head; pfn && nr < l->count; pfn = pfn_to_page(pfn)->next_pfn, nr++) {
		last = pfn;
		if ((pfn_to_page(pfn)->flags & (PG_LRU | PG_ACTIVE)) != flags)
			return pfn;
	}
	return pfn || nr != l->count || last != l->tail ? max(last, 1UL) : 0;
}

pfn_t lru_find_bad(void)
{
	pfn_t bad;

	spin_lock(&lru_lock);
	bad = find_bad(&active, PG_LRU | PG_ACTIVE);
	if (!bad)
		bad = find_bad(&inactive, PG_LRU);
	spin_unlock(&lru_lock);
	return bad;
}

void lru_get_stats(struct lru_stats *st)
{
	st->active = atomic_load_relaxed(&active.count);
	st->inactive = atomic_load_relaxed(&inactive.count);
	st->mlocked = atomic_load_relaxed(&nr_mlocked);
	st->looked_at = atomic_load_relaxed(&nr_looked_at);
	st->deactivated = atomic_load_relaxed(&nr_deactivated);
}

void lru_init(void)
{
	page_set_lru_remove(lru_remove);
}

// SPDX-License-Identifier: MIT
/*
 * Reclaim: frames back from the page cache. For each of the pages that were not used for longest
 * (lru.c):
 *
 *	used since?             -> active list
 *	mapped, but not used    -> unmapped everywhere, then as below
 *	dirty                   -> written (by the reclaim thread), freed in a later round
 *	being written, locked   -> later
 *	clean, nobody's         -> freed
 *
 * The reclaim thread starts below the low watermark and works until twice that is free; it holds no
 * lock, so it may write and call the shrinkers. Who allocates and finds nothing reclaims directly:
 * it may hold any sleeping lock, so it only frees what is clean, tries locks and never waits for
 * one; if that yields nothing it waits a moment for the thread. When all of this brings nothing, a
 * user's allocation ends in reclaim_out_of_memory().
 *
 * Private memory (but for MADV_FREE's pages, lazyfree.c, which go first) and shared memory without a
 * disk stay: there is no swap.
 */
#include "debug/printk.h"
#include "mm/lazyfree.h"
#include "mm/lru.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
#include "mm/slab.h"
#include "mm/writeback.h"
#include "sched/sched.h"

#define SCAN_BATCH    32
#define MAX_SHRINKERS 8

static u64 (*shrinkers[MAX_SHRINKERS])(u64 nr);
static u32 nr_shrinkers;
static void (*oom_killer)(void);

static struct thread *reclaimer;
static struct waitq reclaimer_wait = WAITQ_INIT(reclaimer_wait);
static struct waitq progress_wait = WAITQ_INIT(progress_wait);
static bool wanted;
/* of the thread, since boot: rounds; pages and objects that went in them */
static u64 rounds, progress;
static struct reclaim_stats stats;

void reclaim_register_shrinker(u64 (*fn)(u64 nr))
{
	assert(nr_shrinkers < MAX_SHRINKERS);
	shrinkers[nr_shrinkers++] = fn;
}

void reclaim_set_oom_killer(void (*kill)(void))
{
	oom_killer = kill;
}

void reclaim_get_stats(struct reclaim_stats *st)
{
	*st = stats;
}

/* --- pages --- */

/* Was it used since the last look, by read and write or through mappings? */
static bool was_used(struct mapping *m, struct page *p)
{
	bool mapped_use = false;

	if (atomic_read(&p->maps) && !rmap_try_referenced(m, p, &mapped_use))
		return true; /* cannot tell: its mappings are changing */
	return page_test_and_clear(p, PG_REFERENCED) || mapped_use;
}

/* => page locked, and it is m's. Returns true if it was freed; unlocked either way. */
static bool reclaim_locked_page(struct mapping *m, struct page *p, bool may_write)
{
	bool freed = false;

	if (was_used(m, p)) {
		lru_activate(p);
		stats.activated++;
	} else if (atomic_read(&p->maps) && !rmap_try_unmap(m, p)) {
		/* later */
	} else if (!page_test(p, PG_DIRTY)) {
		freed = pagecache_remove_unused(m, p);
	} else if (may_write) {
		stats.written++;
		writeback_page(m, p); /* unlocks it */
		return false;
	}
	page_unlock(p);
	return freed;
}

static bool reclaim_page(struct page *p, bool may_write)
{
	struct mapping *m;

	if (page_test(p, PG_WRITEBACK) || !page_trylock(p))
		return false;
	m = p->mapping;
	if (m && !page_test(p, PG_WRITEBACK))
		return reclaim_locked_page(m, p, may_write);
	page_unlock(p);
	return false;
}

/* One batch. Returns the number freed; *scanned: the number looked at. */
static u64 reclaim_batch(bool may_write, u64 *scanned)
{
	struct page *pages[SCAN_BATCH];
	u64 freed = 0;
	u32 n;

	lru_balance(SCAN_BATCH);
	n = lru_take_oldest(LRU_INACTIVE, pages, SCAN_BATCH);
	for (u32 i = 0; i < n; i++) {
		freed += reclaim_page(pages[i], may_write);
		page_put(pages[i]);
	}
	if (may_write) {
		stats.scanned += n;
		stats.freed += freed;
	} else {
		stats.scanned_direct += n;
		stats.freed_direct += freed;
	}
	*scanned = n;
	return freed;
}

/* As reclaim_page(), but nobody is asked whether it was used, and a dirty one is on its way to the
 * disk when this returns: true. */
static bool start_page_out(struct page *p)
{
	struct mapping *m;

	page_lock(p);
	m = p->mapping;
	/* Race: another process has mapped and locked it since it was collected. */
	if (m && !rmap_unmap_page(m, p)) {
		page_unlock(p);
		return false;
	}
	lru_deactivate(p);
	if (m && page_test(p, PG_DIRTY)) {
		writeback_page(m, p); /* unlocks it */
		return true;
	}
	if (m && !page_test(p, PG_WRITEBACK))
		stats.freed += pagecache_remove_unused(m, p);
	page_unlock(p);
	return page_test(p, PG_WRITEBACK);
}

void reclaim_page_out(struct page **pages, u32 nr)
{
	u32 nr_written = 0;

	for (u32 i = 0; i < nr; i++) {
		if (start_page_out(pages[i]))
			pages[nr_written++] = pages[i];
		else
			page_put(pages[i]);
	}
	for (u32 i = 0; i < nr_written; i++) {
		page_wait_writeback(pages[i]);
		reclaim_page(pages[i], false);
		page_put(pages[i]);
	}
}

/* Scans until nr pages are freed, at most both lists twice. */
static u64 reclaim_pages(u64 nr, bool may_write)
{
	struct lru_stats lru;
	u64 freed = 0, scanned, budget;

	lru_get_stats(&lru);
	budget = 2 * (lru.active + lru.inactive) + SCAN_BATCH;
	for (u64 total = 0; freed < nr && total < budget; total += scanned) {
		freed += reclaim_batch(may_write, &scanned);
		if (!scanned)
			break;
		cond_resched();
	}
	return freed;
}

/* Lazy pages first: they are known to be useless. */
static u64 reclaim_memory(u64 nr, bool may_write)
{
	u64 freed = lazyfree_reclaim(nr);

	return freed < nr ? freed + reclaim_pages(nr - freed, may_write) : freed;
}

/* --- dropping caches --- */

static bool drop_page(struct page *p)
{
	bool dropped;

	if (!page_trylock(p))
		return false;
	dropped = p->mapping && pagecache_remove_unused(p->mapping, p);
	page_unlock(p);
	return dropped;
}

/* Once around the list. */
static u64 drop_list(enum lru_list which, u64 nr)
{
	struct page *pages[SCAN_BATCH];
	u64 dropped = 0;

	for (u64 n; nr; nr -= min(nr, n)) {
		n = lru_take_oldest(which, pages, (u32)min((u64)SCAN_BATCH, nr));
		if (!n)
			break;
		for (u32 i = 0; i < n; i++) {
			dropped += drop_page(pages[i]);
			page_put(pages[i]);
		}
		cond_resched();
	}
	return dropped;
}

u64 reclaim_drop_clean(void)
{
	struct lru_stats lru;

	lru_get_stats(&lru);
	return drop_list(LRU_INACTIVE, lru.inactive) + drop_list(LRU_ACTIVE, lru.active);
}

/* --- the thread --- */

static u64 free_frames(void)
{
	struct page_stats st;

	page_get_stats(&st);
	return st.free;
}

/* Small objects dropped for each frame that is wanted: they lie scattered over slabs, which are
 * frames again when empty. */
#define OBJECTS_PER_FRAME 16

/* Returns the number of objects dropped. */
static u64 shrink_caches(u64 nr_frames)
{
	u64 dropped = 0;

	for (u32 i = 0; i < nr_shrinkers; i++)
		dropped += shrinkers[i](nr_frames * OBJECTS_PER_FRAME);
	if (dropped)
		slab_shrink();
	stats.objects += dropped;
	return dropped;
}

static void end_round(u64 gone)
{
	__atomic_fetch_add(&progress, gone, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&rounds, 1, __ATOMIC_SEQ_CST);
	waitq_wake_all(&progress_wait);
}

/* Works until enough is free, or two rounds brought nothing. */
static void reclaim_until_enough(void)
{
	u64 enough = 2 * page_low_watermark, have;

	stats.runs++;
	for (u32 idle = 0; idle < 2 && (have = free_frames()) < enough;) {
		u64 gone = reclaim_memory(enough - have, true) + shrink_caches(enough - have);

		idle = gone ? 0 : idle + 1;
		end_round(gone);
		if (!gone && writeback_nr_writeback()) /* what is being written can be freed soon */
			wait_event_timeout(&progress_wait, !writeback_nr_writeback(),
				clock_now() + 20 * NSEC_PER_MSEC);
	}
	end_round(0);
}

static void reclaim_thread(void *unused)
{
	(void)unused;
	for (;;) {
		wait_event(&reclaimer_wait, atomic_load(&wanted));
		atomic_store(&wanted, false);
		reclaim_until_enough();
		/* Memory that cannot be had is not asked for again and again. */
		thread_set_state(THREAD_BLOCKED);
		thread_sleep_until(clock_now() + 10 * NSEC_PER_MSEC);
	}
}

static void wake(void)
{
	if (atomic_load_relaxed(&wanted))
		return;
	atomic_store(&wanted, true);
	waitq_wake_all(&reclaimer_wait);
}

bool reclaim_is_current(void)
{
	return current_thread() == reclaimer;
}

/* The thread would wait for itself, and so would who was killed: it may be his memory that all wait
 * for. */
static bool cannot_wait(void)
{
	return reclaim_is_current() || thread_is_killed();
}

/*
 * For the allocator: frees about nr frames, or lets the thread do it. Returns 0 if nothing could be
 * dropped; else others may have been faster to take it. May sleep; any sleeping lock may be held.
 */
static u64 direct(u64 nr)
{
	u64 seen = atomic_load(&rounds), before = atomic_load(&progress);
	u64 freed;

	stats.direct_runs++;
	freed = reclaim_memory(nr, false);
	if (freed)
		return freed;
	wake();
	wait_event_timeout(
		&progress_wait, atomic_load(&rounds) != seen, clock_now() + 100 * NSEC_PER_MSEC);
	return atomic_load(&progress) - before;
}

/* --- out of memory --- */

bool reclaim_out_of_memory(void)
{
	struct page *p = page_alloc(PAGE_USER); /* reclaims as much as can be reclaimed */

	if (p) {
		page_put(p);
		return true;
	}
	if (free_frames() > page_low_watermark)
		return true; /* somebody freed a lot meanwhile, or the stress switch made it fail */
	if (!oom_killer)
		return false;
	stats.oom_kills++;
	oom_killer();
	/* The victim needs time to die. If it is us, the caller sees the signal. */
	thread_set_state(THREAD_BLOCKED);
	thread_sleep_until(clock_now() + 10 * NSEC_PER_MSEC);
	return true;
}

void reclaim_init(void)
{
	reclaimer = thread_create_kernel("reclaim", reclaim_thread, NULL);
	if (!reclaimer)
		panic("reclaim_init: no memory for the reclaim thread");
	page_set_reclaim(wake, direct, cannot_wait);
	thread_start(reclaimer);
}

// SPDX-License-Identifier: MIT
/*
 * oom.c: when nothing is left to reclaim, the process with most memory dies, with a message. Never
 * init; and nobody as long as an earlier victim is still on its way out, because its memory is
 * about to come back.
 *
 * Lock: process_lock.
 */
#include "proc/oom.h"

#include <linux/oom.h>
#include "debug/printk.h"
#include "lib/string.h"
#include "mm/reclaim.h"

#define VICTIM_PATIENCE (2 * NSEC_PER_SEC)

static pid_t victim; /* process_lock; 0: none */
static nsec_t victim_since;

static u64 total_pages(void)
{
	struct page_stats st;

	page_get_stats(&st);
	return max(st.total, 1UL);
}

#define NEVER (-0x7fffffffffffffffL) /* this one is not killed */

/* Pages that would come back, with the adjustment in thousandths of all memory; NEVER. */
static s64 badness(struct process *p, u64 total)
{
	if (!p->mm || p->unkillable || p->pid == 1 || p->oom_score_adj == OOM_SCORE_ADJ_MIN)
		return NEVER;
	return (s64)(mm_rss(p->mm) + p->mm->mmu.nr_tables) +
	       p->oom_score_adj * ((s64)total / OOM_SCORE_ADJ_MAX);
}

u64 oom_score_locked(struct process *p)
{
	s64 total = (s64)total_pages(), score = badness(p, (u64)total);

	return score == NEVER ? 0 : (u64)((1000 + score * 1000 / total) * 2 / 3);
}

static struct process *choose(void)
{
	u64 total = total_pages();
	struct process *p, *worst = NULL;
	s64 most = NEVER, score;

	for (p = pid_next_process(2); p; p = pid_next_process(p->pid + 1)) {
		score = p->exiting ? NEVER : badness(p, total);
		if (score > most) {
			most = score;
			worst = p;
		}
	}
	return worst;
}

/* An earlier victim that has not given its memory back yet: it is in the middle of that when it has
 * no mm any more, and done as a zombie. */
static bool still_dying(void)
{
	struct process *p = victim ? pid_find_process(victim) : NULL;

	return p && p->exiting && p->state == PROCESS_ALIVE &&
	       clock_now() - victim_since < VICTIM_PATIENCE;
}

/* Its memory may have come back since the caller found none. */
static bool has_memory_again(void)
{
	struct page_stats st;

	page_get_stats(&st);
	return st.free > page_low_watermark;
}

static void kill_largest(void)
{
	char name[16] = "";
	struct process *p;
	u64 rss = 0;
	pid_t pid = 0;

	process_table_lock();
	if (still_dying() || has_memory_again()) {
		process_table_unlock();
		return;
	}
	p = choose();
	if (p) {
		pid = p->pid;
		rss = mm_rss(p->mm);
		strlcpy(name, p->leader->name, sizeof(name));
		victim = pid;
		victim_since = clock_now();
		signal_begin_exit_locked(p, SIGKILL);
	}
	process_table_unlock();
	if (pid)
		pr_err("Out of memory: killed process %d (%s), which used %lu KiB", pid, name,
			rss * (PAGE_SIZE / 1024));
	else
		pr_err("Out of memory: there is no process to kill");
}

void oom_init(void)
{
	reclaim_set_oom_killer(kill_largest);
}

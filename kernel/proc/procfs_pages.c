// SPDX-License-Identifier: MIT
/*
 * procfs_pages.c: the files that tell about pages, 8 bytes each: /proc/PID/pagemap by address,
 * /proc/kpagecount and /proc/kpageflags by frame number (proc(5), Linux's admin-guide
 * mm/pagemap.rst). They are read in whole entries, at the cost of the entries that are asked for.
 *
 * Looked at without locks that keep the frames as they are: an answer may be old, never out of
 * bounds.
 */
#include <linux/kernel-page-flags.h>
#include "arch/user.h"
#include "mm/lazyfree.h"
#include "mm/lru.h"
#include "mm/mm.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "proc/process.h"
#include "proc/procfs.h"
#include "sched/sched.h"

#define ENTRY sizeof(u64)
#define CHUNK (PAGE_SIZE / ENTRY) /* entries made at a time: those of a page table */
/* Linux's for those who look for its bugs: not in its header, but in page-types(1) */
#define KPF_RESERVED 32
#define KPF_MLOCKED  33

/* What makes entries [first, first + nr). */
typedef void make_entries(void *object, u64 first, u32 nr, bool privileged, u64 *entries);

/* Reads whole entries below `end`. */
static ssize_t read_entries(struct proc_io *r, u64 end, make_entries *make)
{
	u64 *entries, at = (u64)*r->pos / ENTRY;
	ssize_t done = 0;

	if (*r->pos % ENTRY || r->buf->len % ENTRY)
		return -EINVAL;
	if (!r->buf->len || at >= end)
		return 0;
	entries = kmalloc(CHUNK * ENTRY);
	if (!entries)
		return -ENOMEM;
	while (r->buf->len && at < end && !thread_is_killed()) {
		u64 nr = min(CHUNK - at % CHUNK, min(r->buf->len / ENTRY, end - at));
		size_t copied;

		make(r->object, at, (u32)nr, r->privileged, entries);
		copied = iobuf_put(r->buf, entries, nr * ENTRY);
		done += (ssize_t)copied;
		if (copied < nr * ENTRY) {
			done = -EFAULT;
			break;
		}
		at += nr;
		cond_resched();
	}
	kfree(entries);
	if (done > 0)
		*r->pos += done;
	return done;
}

/* ---------------------------------------------------------------- pagemap */

static void make_pagemap(void *mm, u64 first, u32 nr, bool privileged, u64 *entries)
{
	mm_pagemap(mm, first << PAGE_SHIFT, nr, privileged, entries);
}

ssize_t procfs_read_pagemap(struct proc_io *r)
{
	const struct mm *mm = r->object;

	if (!mm || mm_is_left(mm))
		return 0;
	return read_entries(r, USER_END >> PAGE_SHIFT, make_pagemap);
}

/* ---------------------------------------------------------------- frames */

static void make_counts(void *object, u64 first, u32 nr, bool privileged, u64 *entries)
{
	(void)object, (void)privileged;
	for (u32 i = 0; i < nr; i++) {
		const struct page *p = pfn_to_page(first + i);
		bool is_kernel = page_test(p, PG_SLAB | PG_BUDDY | PG_TABLE);

		entries[i] = is_kernel ? 0 : (u64)max(atomic_read(&p->maps), 0);
	}
}

ssize_t procfs_read_kpagecount(struct proc_io *r)
{
	return read_entries(r, page_array_end, make_counts);
}

/* Blocks of several frames that are one object. */
static u64 compound_flags(const struct page *p)
{
	pfn_t mask = (1UL << p->order) - 1;

	if (!page_test(p, PG_SLAB) || !p->order)
		return 0;
	return 1UL << (page_to_pfn(p) & mask ? KPF_COMPOUND_TAIL : KPF_COMPOUND_HEAD);
}

static u64 flags_of(const struct page *p)
{
	static const struct {
		u32 flag;
		u32 bit;
	} bits[] = {
		{ PG_LOCKED, KPF_LOCKED },
		{ PG_ERROR, KPF_ERROR },
		{ PG_REFERENCED, KPF_REFERENCED },
		{ PG_UPTODATE, KPF_UPTODATE },
		{ PG_DIRTY, KPF_DIRTY },
		{ PG_LRU, KPF_LRU },
		{ PG_SLAB, KPF_SLAB },
		{ PG_WRITEBACK, KPF_WRITEBACK },
		{ PG_READAHEAD, KPF_RECLAIM }, /* one bit in Linux, too */
		{ PG_ANON, KPF_ANON },
		{ PG_ANON, KPF_UPTODATE },
		{ PG_SWAPBACKED, KPF_SWAPBACKED },
		{ PG_TABLE, KPF_PGTABLE },
		{ PG_RESERVED, KPF_RESERVED },
	};
	u64 flags = compound_flags(p);

	for (u32 i = 0; i < ARRAY_SIZE(bits); i++)
		if (page_test(p, bits[i].flag))
			flags |= 1UL << bits[i].bit;
	if (page_test(p, PG_ANON) && !page_is_lazy(p))
		flags |= 1UL << KPF_SWAPBACKED; /* all but what MADV_FREE gave up */
	if (page_is_mlocked(p))
		flags |= 1UL << KPF_UNEVICTABLE | 1UL << KPF_MLOCKED;
	else if (page_test(p, PG_ACTIVE))
		flags |= 1UL << KPF_ACTIVE;
	if (!page_test(p, PG_SLAB) && atomic_read(&p->maps) > 0)
		flags |= 1UL << KPF_MMAP;
	if (p == zero_page)
		flags |= 1UL << KPF_ZERO_PAGE;
	if (page_is_free(p))
		flags |= 1UL << KPF_BUDDY;
	return flags;
}

static void make_flags(void *object, u64 first, u32 nr, bool privileged, u64 *entries)
{
	(void)object, (void)privileged;
	for (u32 i = 0; i < nr; i++)
		entries[i] = flags_of(pfn_to_page(first + i));
}

ssize_t procfs_read_kpageflags(struct proc_io *r)
{
	return read_entries(r, page_array_end, make_flags);
}

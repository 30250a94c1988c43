/* SPDX-License-Identifier: MIT */
/*
 * struct mapping: the cached pages of one inode or block device, index -> page. read, write and
 * every mmap of the file share these very pages. mm/ sees a file only as this.
 *
 * Letters: [i] the host's inode lock  [t] lock (the tree's)  [r] rmap_lock  [a] atomic  [c]
 * constant
 */
#pragma once

#include "lib/errseq.h"
#include "lib/radix.h"
#include "lib/rbtree.h"
#include "mm/page.h"
#include "sync/mutex.h"

struct mapping;

struct mapping_ops {
	/* Starts reading these pages: locked, not up to date, consecutive by index. Each ends in
	 * pagecache_end_read(page, err), now or from an interrupt handler. Parts past the end of
	 * the data are zeroed. May sleep (block map). NULL: pages are born as zeros (tmpfs). */
	void (*read_pages)(struct mapping *m, struct page **pages, u32 nr);
	/* Starts writing these pages: locked, PG_WRITEBACK set by the caller, consecutive by index.
	 * The callee must end each with pagecache_end_write(page, err); the caller unlocks them
	 * after this returns. NULL: there is no disk (tmpfs). */
	void (*write_pages)(struct mapping *m, struct page **pages, u32 nr);
	/* Bytes [from, to) of this locked page will be written: provides for space on disk
	 * (allocates the blocks). 0: the caller makes the page dirty before it unlocks it, or
	 * truncates, for the blocks hold anything. -ENOSPC, -EIO, -EDQUOT...: nothing changed. May
	 * sleep; rank below RANK_FS. NULL: nothing to do. */
	int (*prepare_write)(struct mapping *m, struct page *page, u32 from, u32 to);
	/* A dirty page of a mapping without a disk goes for good, and with it what prepare_write()
	 * provided for it. => page locked. NULL: nothing to do. */
	void (*give_back)(struct mapping *m);
	/* The host may not go away while the flusher works: take a reference (false: it is going),
	 * and put it. hold is called under a spinlock of rank LRU: an atomic step; release may
	 * sleep. NULL: the host never goes. */
	bool (*hold)(struct mapping *m);
	void (*release)(struct mapping *m);
	/* A program may store to a page from now on, through a shared mapping: the host (inode) takes
	 * the time (mmap(2)). May be NULL. Does not sleep. */
	void (*stored)(struct mapping *m);
};

#define MAPPING_TAG_DIRTY 0
#define MAPPING_TAG_WRITEBACK                                                                      \
	1 /* is being written, or was since somebody last waited for it: writeback.c */
/* Of a mapping without a disk, which has none of these: the page has its place (fallocate), and
 * holds no data yet. It is not up to date, and reads as zeros. */
#define MAPPING_TAG_UNWRITTEN 0

/* mapping->flags */
#define MAPPING_SWAPBACKED                                                                         \
	1u /* tmpfs, shared anonymous: pages live in memory only, reclaim leaves them */
#define MAPPING_SEALABLE 4u /* shared writing may be forbidden some time */
#define MAPPING_HUGE     8u /* of huge pages, of which there are none: it never has a page */
#define MAPPING_BDEV     2u /* block device: page->dirty_sectors says what is dirty */

/* The largest size that a mapping may have, 4 PiB: struct page keeps 40 bits of the index. */
#define MAPPING_MAX_SIZE (1UL << (PAGE_INDEX_BITS + PAGE_SHIFT))

struct mapping {
	const struct mapping_ops *ops; /* [c] */
	void *host;                    /* [c] inode or block device */
	u32 flags;                     /* [c] */
	u64 size;                /* [i] bytes: THE size of the file; read with mapping_size() */
	struct spinlock lock;    /* RANK_MAPPING */
	struct radix_tree pages; /* [t] */
	struct mutex rmap_lock;  /* RANK_RMAP */
	struct rb_tree vmas;     /* [r] interval tree of the VMAs that map it */
	u32 nr_shared_writable; /* [r] of these, shared and writable; and those that are being made */
	bool no_shared_write;   /* [r] there may be no more: F_SEAL_WRITE */
	atomic_t nr_writeback;  /* [a] pages under writeback */
	errseq_t errors;        /* [a] of write-back: every open file reports one once (fsync) */
	errseq_t errors_seen;   /* [a] by those who sync without a file: unmounting, sync(2) */
	struct list dirty_link; /* writeback.c's list of mappings with dirty pages */
	nsec_t dirtied_when;
};

void mapping_init(struct mapping *m, const struct mapping_ops *ops, void *host, u32 flags);
/* Drops every page, written or not (the inode is gone). Nothing maps it any more. May sleep. */
void mapping_destroy(struct mapping *m);

static inline u64 mapping_size(const struct mapping *m)
{
	return __atomic_load_n(&m->size, __ATOMIC_ACQUIRE);
}

static inline void mapping_set_size(struct mapping *m, u64 size)
{
	__atomic_store_n(&m->size, size, __ATOMIC_RELEASE);
}

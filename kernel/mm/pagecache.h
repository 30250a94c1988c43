/* SPDX-License-Identifier: MIT */
/*
 * The page cache: finding, filling, dirtying and dropping the pages of a mapping. Everybody's one
 * cache: files, directories, filesystem metadata (through the block device's mapping), raw disks.
 */
#pragma once

#include "mm/mapping.h"

/* Read-ahead state of an open file (or of a VMA). All zero: normal. */
enum readahead_advice {
	RA_NORMAL,
	RA_RANDOM,
	RA_SEQUENTIAL
};
struct readahead {
	pgoff_t start, size; /* the window that was read last */
	pgoff_t prev;        /* last page asked for */
	enum readahead_advice advice;
};

/* --- the page lock (rank RANK_PAGE, sleeping) --- */
void page_lock(struct page *p);
bool page_trylock(struct page *p);
void page_unlock(struct page *p); /* any context: I/O completion unlocks what the reader locked */
/* Waits until it is unlocked / not under writeback. => caller has a reference */
void page_wait_locked(struct page *p);
void page_wait_writeback(struct page *p);

/* --- look-up. All return a page with a reference for the caller, who page_put()s it. --- */
/* NULL: not cached. Does not sleep; the page may be locked or not up to date. */
struct page *pagecache_find(struct mapping *m, pgoff_t index);
/* The page, up to date, read (with read-ahead; ra may be NULL) if necessary. ERR_PTR: -EIO,
 * -ENOMEM. May sleep. No page lock held after. */
struct page *pagecache_read(struct mapping *m, pgoff_t index, struct readahead *ra);
/* The page, LOCKED, made if it does not exist, contents perhaps not up to date: for a writer, who
 * reads it by pagecache_fill() or overwrites all of it and sets PG_UPTODATE. ERR_PTR(-ENOMEM). May
 * sleep. */
struct page *pagecache_grab(struct mapping *m, pgoff_t index);
/* Reads a locked page that is not up to date; it is still locked after. Without a disk it becomes
 * zeros, which cannot fail. 0, -EIO, -ENOMEM; -EAGAIN: it was truncated away meanwhile (not if the
 * inode lock is held). May sleep. */
int pagecache_fill(struct mapping *m, struct page *page);
/* The locked page has got its contents. */
void pagecache_set_uptodate(struct mapping *m, struct page *page);
/* Without a disk: the locked page, which is not up to date, got its place and stays without data. */
void pagecache_mark_unwritten(struct mapping *m, struct page *page);
/* Moves *index to the first page from there on that holds data (or, if not data, that does not);
 * one behind the end: there is none. For mappings without a disk. => inode lock held. May sleep */
void pagecache_find_data(struct mapping *m, pgoff_t *index, bool data);
/* Starts reads of what is missing in [index, index + nr), waits for nothing. (madvise/fadvise
 * WILLNEED, readahead(2).) */
void pagecache_start_read(struct mapping *m, pgoff_t index, u64 nr);

/* --- ends of I/O, called by filesystems and block devices; interrupt context allowed --- */
/* Sets PG_UPTODATE or PG_ERROR (neither for -ENOMEM: nothing is wrong with the disk), unlocks. */
void pagecache_end_read(struct page *p, int err);
/* clears PG_WRITEBACK, records the error in the mapping */
void pagecache_end_write(struct page *p, int err);

/* --- changing --- */
/* The locked (or otherwise stable: mapped and ptl held) page was changed: sets PG_DIRTY and the
 * tag; wakes the flusher when there is too much. Does not sleep. For block devices use
 * pagecache_mark_dirty_range. */
void pagecache_mark_dirty(struct page *p);
/* Of a block device's page: bytes [from, to) in sectors. */
void pagecache_mark_dirty_range(struct page *p, u32 from, u32 to);
/* Block device: forget the dirtiness of these bytes (a metadata block was freed), and wait for a
 * write that is under way: from now on nothing of them reaches the disk. => may sleep */
void pagecache_forget(struct mapping *bdev_mapping, u64 offset, u64 len);
/* A writer that made pages dirty: sleeps a while if there are too many dirty pages in the system.
 * No lock held above RANK_INODE. */
void pagecache_throttle_writer(void);

/* The new size is `size` (which may be larger): sets m->size; if smaller, unmaps and drops all
 * pages behind it and zeroes the tail of the last one; so it does if the size stays, and for a disk's
 * file if it grows. => inode lock held; may sleep. 0 or -EIO/-ENOMEM (reading the last partial page)
 * with the size unchanged. */
int pagecache_set_size(struct mapping *m, u64 size);
/* Back to `size`, from which pagecache_set_size() made it grow; nothing was written behind it.
 * Cannot fail. => the same */
void pagecache_undo_growth(struct mapping *m, u64 size);
/* Drops the pages of the hole [start, end) bytes, zeroes partial ones. => inode lock held */
int pagecache_punch_hole(struct mapping *m, u64 start, u64 end);
/* [start, end), a part of a hole: the filesystem has taken the blocks out of the file, but pages may
 * have come back while they were there. When this returns nobody uses the blocks any more, and all
 * there reads as zeros. => as pagecache_punch_hole() */
void pagecache_settle_hole(struct mapping *m, u64 start, u64 end);

/* Writes the dirty pages in [start, end) bytes; wait: also waits for all of them and returns -EIO
 * if any write of the mapping has failed since *seen, which is the caller's own (an open file's).
 * May sleep. */
int pagecache_sync_since(struct mapping *m, u64 start, u64 end, bool wait, errseq_t *seen);
/* The same for callers without a file: an error is told to one of them. */
int pagecache_sync(struct mapping *m, u64 start, u64 end, bool wait);
/* Drops clean, unused, unmapped pages of [start, end) (fadvise DONTNEED, drop_caches,
 * BLKFLSBUF). */
void pagecache_invalidate(struct mapping *m, u64 start, u64 end);

/* --- for the neighbours in mm/ (truncate.c, writeback.c, reclaim.c, back_file.c) --- */

/* A frame for a page of m (PAGE_ZEROED, PAGE_NOWAIT). One of a disk may come out of the last
 * reserve: a change of a filesystem that ran out of memory in the middle would be left half
 * done. */
struct page *pagecache_alloc_frame(struct mapping *m, u32 how);
/* Puts a fresh page (refs = 1, the caller's) into the cache: locked, with a reference of the
 * cache's own. 0, -EEXIST (somebody else's is there), -ENOMEM: then the page is untouched. May
 * sleep. */
int pagecache_add(struct mapping *m, struct page *p, pgoff_t index);
/* Takes a page out, dirty or not, and puts the cache's reference. => page locked, not under
 * writeback; the caller has a reference */
void pagecache_remove(struct mapping *m, struct page *p);
/* The same if nobody but the caller uses it, and it is clean and not mapped: true. => page locked;
 * the caller has one reference */
bool pagecache_remove_unused(struct mapping *m, struct page *p);
/* Takes all pages of [first, last] (page numbers) out, unmapped everywhere, dirty or not, waiting
 * for I/O on them. May sleep. */
void pagecache_drop(struct mapping *m, pgoff_t first, pgoff_t last);
/* The page is no longer dirty: it is about to be written, or gone. True if it was. => page
 * locked */
bool pagecache_clear_dirty(struct mapping *m, struct page *p);
/* A frame's map count became 1 (nr 1) or 0 (nr -1). */
void pagecache_count_mapped(s64 nr);

/* Pages that cannot be reached through the file's pages at or behind this index: the first one
 * behind the end of the file. */
static inline pgoff_t mapping_end_index(const struct mapping *m)
{
	return (mapping_size(m) + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

/* True if pages have a disk behind them: dirtiness matters, a first write through a mapping is
 * noticed (page_mkwrite). */
static inline bool mapping_has_disk(const struct mapping *m)
{
	return m->ops->write_pages != NULL;
}

struct pagecache_stats {
	u64 cached, dirty, writeback, mapped, shmem, disk; /* pages; disk: of block devices */
};
void pagecache_get_stats(struct pagecache_stats *st);
void pagecache_init(void);

// SPDX-License-Identifier: MIT
/*
 * Page I/O: see pageio.h. A transfer counts, for every page, the pieces under way plus one for the
 * caller who is still adding; whoever takes a page's count to zero ends the page, and whoever ends
 * the last page frees the transfer.
 *
 * Locks: none; completions run in interrupt context.
 */
#include "block/pageio.h"
#include "block/reserve.h"
#include "mm/pagecache.h"
#include "mm/slab.h"

struct pageio {
	struct block_device *bd;
	enum block_op op;
	enum block_level level;
	u32 nr;
	atomic_t unfinished;      /* pages */
	struct block_request *rq; /* being filled; its `private` is this transfer */
	u64 next_sector;          /* where a piece must start to be merged into rq */
	struct {
		struct page *page;
		atomic_t pieces;
		s32 err;
	} pages[PAGEIO_MAX_PAGES];
};

static struct reserve transfers[NR_BLOCK_LEVELS];

static void page_ended(struct pageio *io, u32 i)
{
	if (io->op == BLOCK_READ)
		pagecache_end_read(io->pages[i].page, io->pages[i].err);
	else
		pagecache_end_write(io->pages[i].page, io->pages[i].err);
	if (atomic_dec_and_test(&io->unfinished))
		reserve_free(&transfers[io->level], io);
}

static void piece_ended(struct pageio *io, u32 i, int err)
{
	if (err)
		__atomic_store_n(&io->pages[i].err, err, __ATOMIC_RELAXED);
	if (atomic_dec_and_test(&io->pages[i].pieces))
		page_ended(io, i);
}

static void request_done(struct block_request *rq, int err)
{
	struct pageio *io = rq->private;

	/* rq->pages[] holds the index of the page that each segment belongs to. The transfer is
	 * freed with its last piece, so it is not touched after the loop. */
	for (u32 i = 0; i < rq->nr_segments; i++)
		piece_ended(io, (u32)(u64)rq->pages[i], err);
	block_request_free(rq);
}

static void submit_pending(struct pageio *io)
{
	struct block_request *rq = io->rq;

	io->rq = NULL;
	if (rq)
		block_submit(io->bd, rq);
}

struct pageio *pageio_begin(struct block_device *bd, enum block_op op, struct page **pages, u32 nr)
{
	bool of_disk = nr && pages[0]->mapping == &bd->mapping;
	enum block_level level = of_disk ? BLOCK_OF_DISK : BLOCK_OF_FILE;
	struct pageio *io;

	assert(nr <= PAGEIO_MAX_PAGES);
	io = reserve_alloc(&transfers[level]);
	io->level = level;
	io->bd = bd;
	io->op = op;
	io->nr = nr;
	io->rq = NULL;
	atomic_set(&io->unfinished, (s32)nr + 1);
	for (u32 i = 0; i < nr; i++) {
		io->pages[i].page = pages[i];
		io->pages[i].err = 0;
		atomic_set(&io->pages[i].pieces, 1);
	}
	return io;
}

static bool can_merge(const struct pageio *io, u64 sector)
{
	return io->rq && io->next_sector == sector && io->rq->nr_segments < BLOCK_MAX_SEGMENTS;
}

void pageio_add(struct pageio *io, u32 i, u32 offset, u32 len, u64 sector)
{
	struct block_request *rq;

	if (!can_merge(io, sector)) {
		submit_pending(io);
		rq = block_request_alloc(io->level);
		rq->op = io->op;
		rq->sector = sector;
		rq->done = request_done;
		rq->private = io;
		io->rq = rq;
	}
	rq = io->rq;
	rq->segments[rq->nr_segments].addr = page_to_phys(io->pages[i].page) + offset;
	rq->segments[rq->nr_segments].len = len;
	rq->pages[rq->nr_segments] = (struct page *)(u64)i;
	rq->nr_segments++;
	atomic_inc(&io->pages[i].pieces);
	io->next_sector = sector + (len >> SECTOR_SHIFT);
}

void pageio_fail(struct pageio *io, u32 i, int err)
{
	__atomic_store_n(&io->pages[i].err, err, __ATOMIC_RELAXED);
}

void pageio_finish(struct pageio *io)
{
	u32 nr = io->nr;

	submit_pending(io);
	for (u32 i = 0; i < nr; i++)
		piece_ended(io, i, 0);
	if (atomic_dec_and_test(&io->unfinished)) /* the caller's own share */
		reserve_free(&transfers[io->level], io);
}

void pageio_init(void)
{
	struct slab_cache *cache = slab_cache_create("pageio", sizeof(struct pageio), 16);

	for (u32 level = 0; level < NR_BLOCK_LEVELS; level++)
		reserve_init(&transfers[level], cache);
}

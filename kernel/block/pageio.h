/* SPDX-License-Identifier: MIT */
/*
 * Page I/O: moves the pages of a mapping from or to a device whose blocks may be smaller than a
 * page and lie anywhere. The caller adds pieces in order; neighbours on the disk are merged into
 * one request; a page ends (pagecache_end_read or pagecache_end_write) when its last piece has.
 */
#pragma once

#include "block/block.h"

#define PAGEIO_MAX_PAGES 64

struct pageio;

/* Begins a transfer of these pages (nr <= PAGEIO_MAX_PAGES). Waits for memory if there is none. op:
 * BLOCK_READ or BLOCK_WRITE. May sleep. */
struct pageio *pageio_begin(struct block_device *bd, enum block_op op, struct page **pages, u32 nr);
/* len bytes at `offset` of page i go from/to the disk at `sector`. May sleep for memory. */
void pageio_add(struct pageio *io, u32 i, u32 offset, u32 len, u64 sector);
/* Page i cannot be transferred (its block map is damaged): it will end with this error. */
void pageio_fail(struct pageio *io, u32 i, int err);
/* Submits what is left. Pages without any piece end now, successfully. */
void pageio_finish(struct pageio *io);
void pageio_init(void);

/* SPDX-License-Identifier: MIT */
/*
 * Block devices: a name, a size, a queue that takes requests, and a mapping: the one cache of its
 * blocks, which filesystem metadata and raw reads of the disk share.
 */
#pragma once

#include "lib/list.h"
#include "mm/mapping.h"

#define SECTOR_SHIFT 9
#define SECTOR_SIZE  512u

struct block_device;

enum block_op {
	BLOCK_READ,
	BLOCK_WRITE,
	BLOCK_FLUSH
};

/* One piece of memory of a request: bytes in one frame. */
struct block_segment {
	paddr_t addr;
	u32 len;
};
#define BLOCK_MAX_SEGMENTS 64

/* A file's transfer reads the block map on its way, that is metadata from the disk: each has a
 * reserve of its own for the time when memory is short, so that none waits for itself. */
enum block_level {
	BLOCK_OF_FILE,
	BLOCK_OF_DISK, /* waits for nothing but the disk */
	NR_BLOCK_LEVELS
};

struct block_request {
	struct list link;
	enum block_op op;
	enum block_level level;
	u64 sector;
	u32 nr_segments;
	struct block_segment segments[BLOCK_MAX_SEGMENTS];
	/* Called once, perhaps in interrupt context; err 0 or -EIO. Frees or reuses the request. */
	void (*done)(struct block_request *rq, int err);
	void *private;
	struct page *pages[BLOCK_MAX_SEGMENTS]; /* for the submitter */
};

struct block_ops {
	/* Queues rq; it ends in rq->done(). May be called from any context where irqsave locks are
	 * allowed. */
	void (*submit)(struct block_device *bd, struct block_request *rq);
};

struct block_device {
	struct list link;
	char name[16]; /* "vda", "ram0" */
	dev_t dev;
	u64 nr_sectors;
	bool read_only, has_flush;
	const struct block_ops *ops;
	void *private;
	struct mapping mapping;
	atomic_t openers;
	void *holder; /* the mounted filesystem: exclusive */
	u64 reads, writes, sectors_read, sectors_written;
};

/* Makes it known ("/dev/NAME"). 0 or -ENOMEM, -EEXIST. */
int block_register(struct block_device *bd);
struct block_device *block_find(const char *name); /* "vda" or "/dev/vda" */
struct block_device *block_find_dev(dev_t dev);
/* Calls fn for each (devfs, /proc/partitions, the panic that says which disks exist). */
void block_for_each(void (*fn)(struct block_device *bd, void *arg), void *arg);

/* A request without segments. Waits for one if there is no memory. */
struct block_request *block_request_alloc(enum block_level level);
void block_request_free(struct block_request *rq);
/* Starts it: checks bounds and read-only (ends with -EIO/-EROFS), counts. Does not sleep. */
void block_submit(struct block_device *bd, struct block_request *rq);
/* Writes the device's volatile cache. Waits. 0 or -EIO. */
int block_flush(struct block_device *bd);

/* Filesystem metadata: bytes of the device through its mapping. Returns the page (reference, up
 * to date) and a pointer into it. ERR_PTR(-EIO, -ENOMEM). The block must not cross a page. May
 * sleep. */
struct page *block_read(struct block_device *bd, u64 offset, void **data);
/* The same without reading: the block will be overwritten whole (len bytes; it is zeroed here). */
struct page *block_get_zeroed(struct block_device *bd, u64 offset, u32 len, void **data);

void block_init(void);

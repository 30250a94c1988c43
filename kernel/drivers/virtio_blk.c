// SPDX-License-Identifier: MIT
/*
 * virtio-blk (virtio 1.1, 5.2): one queue, many requests in flight. A request becomes one chain:
 * header (device reads), data, status byte (device writes). When the queue is full, requests wait
 * in `pending` and the completion interrupt moves them on.
 *
 * Locks: disk->lock (RANK_DEVICE, irqsave) guards the queue, the slots and the pending list.
 * rq->done() runs without it.
 */
#include "drivers/virtio_blk.h"
#include <linux/virtio_blk.h>
#include "arch/mmu.h"
#include "block/block.h"
#include "debug/printk.h"
#include "drivers/virtio_pci.h"
#include "lib/devt.h"
#include "lib/err.h"
#include "lib/format.h"
#include "mm/slab.h"

#define VIRTIO_BLK_MAJOR  254
#define VIRTIO_VENDOR     0x1af4
#define VIRTIO_BLK_LEGACY 0x1001 /* transitional devices speak the modern interface as well */
#define VIRTIO_BLK_MODERN 0x1042
#define QUEUE_SIZE        256
#define NR_SLOTS          64

/* What the device reads and writes beside the data. */
struct slot {
	struct virtio_blk_outhdr header;
	u8 status;
	struct block_request *rq;
	struct slot *next_free;
};

struct disk {
	struct block_device bd;
	struct virtio_device virtio;
	struct virtqueue queue;
	struct spinlock lock;
	struct slot *slots, *free_slots;
	struct list pending;
};

static u32 nr_disks;

static u32 request_type(enum block_op op)
{
	switch (op) {
	case BLOCK_READ:
		return VIRTIO_BLK_T_IN;
	case BLOCK_WRITE:
		return VIRTIO_BLK_T_OUT;
	default:
		return VIRTIO_BLK_T_FLUSH;
	}
}

static bool offer_locked(struct disk *d, struct block_request *rq)
{
	struct virtqueue_buffer buffers[BLOCK_MAX_SEGMENTS + 2];
	struct slot *s = d->free_slots;
	u32 n = 0;

	if (!s)
		return false;
	s->header =
		(struct virtio_blk_outhdr){ .type = request_type(rq->op), .sector = rq->sector };
	buffers[n++] =
		(struct virtqueue_buffer){ virt_to_phys(&s->header), sizeof(s->header), false };
	for (u32 i = 0; i < rq->nr_segments; i++)
		buffers[n++] = (struct virtqueue_buffer){ rq->segments[i].addr, rq->segments[i].len,
			rq->op == BLOCK_READ };
	buffers[n++] = (struct virtqueue_buffer){ virt_to_phys(&s->status), 1, true };
	s->status = 0xff;
	s->rq = rq;
	if (!virtqueue_offer(&d->queue, buffers, n, s))
		return false;
	d->free_slots = s->next_free;
	return true;
}

/* Offers what waits, in order, as far as there is room. */
static void offer_pending_locked(struct disk *d)
{
	bool any = false;

	while (!list_empty(&d->pending)) {
		struct block_request *rq = list_first(&d->pending, struct block_request, link);

		if (!offer_locked(d, rq))
			break;
		list_remove(&rq->link);
		any = true;
	}
	if (any)
		virtqueue_kick(&d->queue);
}

static void disk_submit(struct block_device *bd, struct block_request *rq)
{
	struct disk *d = bd->private;
	irqflags_t f = spin_lock_irqsave(&d->lock);

	list_append(&d->pending, &rq->link);
	offer_pending_locked(d);
	spin_unlock_irqrestore(&d->lock, f);
}

static struct block_request *take_locked(struct disk *d, int *err)
{
	struct slot *s = virtqueue_take(&d->queue);

	if (!s)
		return NULL;
	*err = s->status == VIRTIO_BLK_S_OK ? 0 : -EIO;
	s->next_free = d->free_slots;
	d->free_slots = s;
	return s->rq;
}

static void disk_interrupt(void *arg)
{
	struct disk *d = arg;
	struct block_request *rq;
	int err;

	for (;;) {
		irqflags_t f = spin_lock_irqsave(&d->lock);

		rq = take_locked(d, &err);
		if (rq)
			offer_pending_locked(d);
		spin_unlock_irqrestore(&d->lock, f);
		if (!rq)
			return;
		if (err)
			pr_warn("%s: I/O error, %s sector %lu", d->bd.name,
				rq->op == BLOCK_READ    ? "read of"
				: rq->op == BLOCK_WRITE ? "write of"
							: "flush,",
				rq->sector);
		rq->done(rq, err);
	}
}

static const struct block_ops disk_ops = { .submit = disk_submit };

static int slots_create(struct disk *d)
{
	d->slots = kzalloc(sizeof(struct slot) * NR_SLOTS);
	if (!d->slots)
		return -ENOMEM;
	for (u32 i = 0; i < NR_SLOTS; i++) {
		d->slots[i].next_free = d->free_slots;
		d->free_slots = &d->slots[i];
	}
	return 0;
}

static int disk_start(struct disk *d, const struct pci_device *pci)
{
	const u64 wanted = 1UL << VIRTIO_BLK_F_RO | 1UL << VIRTIO_BLK_F_FLUSH;
	u64 features;
	int err;

	err = virtio_begin(&d->virtio, pci);
	if (!err)
		err = virtio_negotiate(&d->virtio, wanted, &features);
	if (!err)
		err = slots_create(d);
	if (!err)
		err = virtio_setup_queue(&d->virtio, &d->queue, 0, QUEUE_SIZE, disk_interrupt, d);
	if (err)
		return err;
	d->bd.read_only = features >> VIRTIO_BLK_F_RO & 1;
	d->bd.has_flush = features >> VIRTIO_BLK_F_FLUSH & 1;
	d->bd.nr_sectors = virtio_config32(&d->virtio, 0) | (u64)virtio_config32(&d->virtio, 4)
								    << 32;
	d->bd.ops = &disk_ops;
	d->bd.private = d;
	virtio_ready(&d->virtio);
	return 0;
}

static int disk_probe(const struct pci_device *pci)
{
	struct disk *d;
	int err;

	/* Between the two ids lie other transitional devices: network, console... */
	if ((pci->device != VIRTIO_BLK_LEGACY && pci->device != VIRTIO_BLK_MODERN) ||
		nr_disks == 26)
		return -ENODEV;
	d = kzalloc(sizeof(*d));
	if (!d)
		return -ENOMEM;
	spin_init(&d->lock, RANK_DEVICE);
	list_init(&d->pending);
	err = disk_start(d, pci);
	if (err) {
		pr_warn("virtio-blk %02x:%02x.%u: cannot be used (error %d)", pci->bus, pci->slot,
			pci->function, -err);
		virtio_fail(&d->virtio);
		return err; /* d stays: the device may know its memory */
	}
	snprintf(d->bd.name, sizeof(d->bd.name), "vd%c", 'a' + nr_disks);
	d->bd.dev = MKDEV(VIRTIO_BLK_MAJOR, nr_disks * 16);
	nr_disks++;
	return block_register(&d->bd);
}

static const struct pci_driver virtio_blk_driver = {
	.name = "virtio-blk",
	.vendor = VIRTIO_VENDOR,
	.device_first = VIRTIO_BLK_LEGACY,
	.device_last = VIRTIO_BLK_MODERN,
	.probe = disk_probe,
};

void virtio_blk_init(void)
{
	pci_probe(&virtio_blk_driver);
}

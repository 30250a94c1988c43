/* SPDX-License-Identifier: MIT */
/*
 * A split virtqueue (virtio 1.1, 2.6): descriptors in chains, which the driver offers and the
 * device gives back. No lock: the driver's own, taken with interrupts off.
 */
#pragma once

#include <linux/virtio_ring.h>
#include "lib/types.h"

struct virtqueue {
	u16 size;
	u16 nr_free, free_head; /* free descriptors are chained by next */
	u16 last_used;          /* the used ring's index up to which we have looked */
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	paddr_t desc_phys, avail_phys, used_phys;
	void **tokens;        /* by head descriptor: what the driver wants back */
	volatile u16 *notify; /* where to write the queue's number */
	u16 index;
};

/* Memory for `size` descriptors (a power of two). 0 or -ENOMEM. */
int virtqueue_init(struct virtqueue *q, u16 index, u16 size);

struct virtqueue_buffer {
	paddr_t addr;
	u32 len;
	bool device_writes;
};
/* Offers a chain of nr buffers; token comes back from virtqueue_take(). False: not enough free
 * descriptors. */
bool virtqueue_offer(
	struct virtqueue *q, const struct virtqueue_buffer *buffers, u32 nr, void *token);
/* Tells the device, unless it said that it need not be told. */
void virtqueue_kick(struct virtqueue *q);
/* The token of the next chain that the device has finished, or NULL. A used ring with nonsense in
 * it is skipped. */
void *virtqueue_take(struct virtqueue *q);

// SPDX-License-Identifier: MIT
/* Split virtqueues: see virtio_ring.h. The device is not trusted with our memory: what it writes
 * into the used ring is checked. */
#include "drivers/virtio_ring.h"
#include "arch/io.h"
#include "arch/mmu.h"
#include "debug/printk.h"
#include "lib/err.h"
#include "mm/slab.h"

static u32 order_for(u64 bytes)
{
	u32 order = 0;

	while (PAGE_SIZE << order < bytes)
		order++;
	return order;
}

/* Layout in one physically contiguous piece: descriptors, available ring, used ring (each aligned
 * as 2.6 asks). */
int virtqueue_init(struct virtqueue *q, u16 index, u16 size)
{
	u64 avail_at = sizeof(struct vring_desc) * size;
	u64 used_at = ALIGN_UP(avail_at + 6 + 2UL * size, 8);
	u64 bytes = used_at + 6 + sizeof(struct vring_used_elem) * size;
	struct page *p = page_alloc_order(order_for(bytes), PAGE_ZEROED);

	if (!p)
		return -ENOMEM;
	q->tokens = kzalloc(sizeof(void *) * size);
	if (!q->tokens) {
		page_free_order(p, order_for(bytes));
		return -ENOMEM;
	}
	q->index = index;
	q->size = size;
	q->desc_phys = page_to_phys(p);
	q->avail_phys = q->desc_phys + avail_at;
	q->used_phys = q->desc_phys + used_at;
	q->desc = phys_to_virt(q->desc_phys);
	q->avail = phys_to_virt(q->avail_phys);
	q->used = phys_to_virt(q->used_phys);
	for (u16 i = 0; i < size; i++)
		q->desc[i].next = (u16)(i + 1);
	q->nr_free = size;
	return 0;
}

bool virtqueue_offer(
	struct virtqueue *q, const struct virtqueue_buffer *buffers, u32 nr, void *token)
{
	u16 head = q->free_head, d = head, last = head;

	if (q->nr_free < nr)
		return false;
	for (u32 i = 0; i < nr; i++) {
		q->desc[d].addr = buffers[i].addr;
		q->desc[d].len = buffers[i].len;
		q->desc[d].flags = (u16)(VRING_DESC_F_NEXT |
					 (buffers[i].device_writes ? VRING_DESC_F_WRITE : 0));
		last = d;
		d = q->desc[d].next;
	}
	q->desc[last].flags &= (u16)~VRING_DESC_F_NEXT;
	q->free_head = d;
	q->nr_free = (u16)(q->nr_free - nr);
	q->tokens[head] = token;
	q->avail->ring[q->avail->idx % q->size] = head;
	__atomic_store_n(&q->avail->idx, (u16)(q->avail->idx + 1), __ATOMIC_RELEASE);
	return true;
}

void virtqueue_kick(struct virtqueue *q)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* our index before its flag (2.6.13.4.1) */
	if (!(__atomic_load_n(&q->used->flags, __ATOMIC_ACQUIRE) & VRING_USED_F_NO_NOTIFY))
		mmio_write16(q->notify, q->index);
}

static void free_chain(struct virtqueue *q, u16 head)
{
	u16 d = head, n = 1;

	while (q->desc[d].flags & VRING_DESC_F_NEXT) {
		d = q->desc[d].next;
		n++;
	}
	q->desc[d].next = q->free_head;
	q->free_head = head;
	q->nr_free = (u16)(q->nr_free + n);
}

void *virtqueue_take(struct virtqueue *q)
{
	while (q->last_used != __atomic_load_n(&q->used->idx, __ATOMIC_ACQUIRE)) {
		u32 head = q->used->ring[q->last_used % q->size].id;
		void *token;

		q->last_used++;
		if (head >= q->size || !q->tokens[head]) {
			pr_warn_once(
				"virtio: the device returned descriptor %u, which it does not have",
				head);
			continue;
		}
		token = q->tokens[head];
		q->tokens[head] = NULL;
		free_chain(q, (u16)head);
		return token;
	}
	return NULL;
}

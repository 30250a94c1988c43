/* SPDX-License-Identifier: MIT */
/* virtio over PCI, modern interface only (virtio 1.1, 4.1). */
#pragma once

#include <linux/virtio_config.h>
#include "drivers/pci.h"
#include "drivers/virtio_ring.h"

struct virtio_device {
	struct pci_device pci;
	char *common; /* struct virtio_pci_common_cfg */
	char *config; /* the device type's own */
	char *notify;
	u32 notify_multiplier;
	u64 config_len, notify_len;
};

/* Maps the capabilities, resets the device, acknowledges it. 0, -ENODEV or -ENOMEM. */
int virtio_begin(struct virtio_device *v, const struct pci_device *pci);
/* Accepts `wanted` of what the device offers, plus VERSION_1. Sets *accepted. 0 or -ENODEV. */
int virtio_negotiate(struct virtio_device *v, u64 wanted, u64 *accepted);
/* Sets the queue up with at most max_size descriptors and this interrupt handler (MSI-X entry =
 * index). 0 or -errno. */
int virtio_setup_queue(struct virtio_device *v, struct virtqueue *q, u16 index, u16 max_size,
	irq_handler_t handler, void *arg);
/* The device may work now (DRIVER_OK), or is given up (FAILED). */
void virtio_ready(struct virtio_device *v);
void virtio_fail(struct virtio_device *v);
u32 virtio_config32(struct virtio_device *v, u32 offset);

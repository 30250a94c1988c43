// SPDX-License-Identifier: MIT
/* virtio over PCI: see virtio_pci.h. Steps of initialisation as in virtio 1.1, 3.1.1. */
#include "drivers/virtio_pci.h"
#include <linux/pci_regs.h>
#include <linux/virtio_pci.h>
#include "arch/cpu.h"
#include "arch/io.h"
#include "debug/printk.h"
#include "lib/err.h"
#include "mm/slab.h"

#define COMMON(v, field) ((v)->common + offsetof(struct virtio_pci_common_cfg, field))

/* Maps what a vendor capability of this type points at. NULL: there is none, or it does not fit its
 * BAR. */
static char *map_capability(const struct pci_device *pci, u8 type, u64 *len, u32 *cap_at)
{
	for (u32 cap = 0; (cap = pci_find_capability(pci, PCI_CAP_ID_VNDR, cap));) {
		u32 offset, bar_no;
		u64 bar_len;
		char *bar;

		if (pci_read8(pci, cap + VIRTIO_PCI_CAP_CFG_TYPE) != type)
			continue;
		bar_no = pci_read8(pci, cap + VIRTIO_PCI_CAP_BAR);
		offset = pci_read32(pci, cap + VIRTIO_PCI_CAP_OFFSET);
		*len = pci_read32(pci, cap + VIRTIO_PCI_CAP_LENGTH);
		bar = bar_no <= 5 ? pci_map_bar(pci, bar_no, &bar_len) : NULL;
		if (!bar || offset > bar_len || *len > bar_len - offset)
			continue;
		*cap_at = cap;
		return bar + offset;
	}
	return NULL;
}

static void set_status(struct virtio_device *v, u8 status)
{
	mmio_write8(COMMON(v, device_status), status);
}

static u8 get_status(struct virtio_device *v)
{
	return mmio_read8(COMMON(v, device_status));
}

static void add_status(struct virtio_device *v, u8 bit)
{
	set_status(v, get_status(v) | bit);
}

int virtio_begin(struct virtio_device *v, const struct pci_device *pci)
{
	u64 common_len;
	u32 cap;

	v->pci = *pci;
	pci_enable(pci);
	v->common = map_capability(pci, VIRTIO_PCI_CAP_COMMON_CFG, &common_len, &cap);
	v->config = map_capability(pci, VIRTIO_PCI_CAP_DEVICE_CFG, &v->config_len, &cap);
	v->notify = map_capability(pci, VIRTIO_PCI_CAP_NOTIFY_CFG, &v->notify_len, &cap);
	if (!v->common || !v->config || !v->notify ||
		common_len < sizeof(struct virtio_pci_common_cfg))
		return -ENODEV;
	v->notify_multiplier = pci_read32(pci, cap + sizeof(struct virtio_pci_cap));
	set_status(v, 0);
	for (u32 i = 0; get_status(v); i++) {
		if (i == 1000000)
			return -ENODEV;
		cpu_relax();
	}
	add_status(v, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	add_status(v, VIRTIO_CONFIG_S_DRIVER);
	return pci_enable_msix(&v->pci);
}

static u32 offered_features(struct virtio_device *v, u32 word)
{
	mmio_write32(COMMON(v, device_feature_select), word);
	return mmio_read32(COMMON(v, device_feature));
}

int virtio_negotiate(struct virtio_device *v, u64 wanted, u64 *accepted)
{
	u64 offered = offered_features(v, 0) | (u64)offered_features(v, 1) << 32;

	if (!(offered >> VIRTIO_F_VERSION_1 & 1))
		return -ENODEV;
	*accepted = offered & (wanted | 1UL << VIRTIO_F_VERSION_1);
	for (u32 word = 0; word < 2; word++) {
		mmio_write32(COMMON(v, guest_feature_select), word);
		mmio_write32(COMMON(v, guest_feature), (u32)(*accepted >> word * 32));
	}
	add_status(v, VIRTIO_CONFIG_S_FEATURES_OK);
	return get_status(v) & VIRTIO_CONFIG_S_FEATURES_OK ? 0 : -ENODEV;
}

static void write_queue_address(char *low_reg, paddr_t addr)
{
	mmio_write32(low_reg, (u32)addr);
	mmio_write32(low_reg + 4, (u32)(addr >> 32));
}

int virtio_setup_queue(struct virtio_device *v, struct virtqueue *q, u16 index, u16 max_size,
	irq_handler_t handler, void *arg)
{
	u64 notify_at;
	u16 size;
	int err;

	mmio_write16(COMMON(v, queue_select), index);
	size = min(mmio_read16(COMMON(v, queue_size)), max_size);
	if (!size)
		return -ENODEV;
	err = virtqueue_init(q, index, size);
	if (err)
		return err;
	err = pci_connect_msix(&v->pci, index, handler, arg);
	if (err)
		return err;
	notify_at = (u64)mmio_read16(COMMON(v, queue_notify_off)) * v->notify_multiplier;
	if (notify_at + 2 > v->notify_len)
		return -ENODEV;
	q->notify = (volatile u16 *)(v->notify + notify_at);
	mmio_write16(COMMON(v, queue_size), size);
	mmio_write16(COMMON(v, queue_msix_vector), index);
	if (mmio_read16(COMMON(v, queue_msix_vector)) == VIRTIO_MSI_NO_VECTOR)
		return -ENOSPC;
	write_queue_address(COMMON(v, queue_desc_lo), q->desc_phys);
	write_queue_address(COMMON(v, queue_avail_lo), q->avail_phys);
	write_queue_address(COMMON(v, queue_used_lo), q->used_phys);
	mmio_write16(COMMON(v, queue_enable), 1);
	return 0;
}

void virtio_ready(struct virtio_device *v)
{
	add_status(v, VIRTIO_CONFIG_S_DRIVER_OK);
}

void virtio_fail(struct virtio_device *v)
{
	if (v->common)
		add_status(v, VIRTIO_CONFIG_S_FAILED);
}

u32 virtio_config32(struct virtio_device *v, u32 offset)
{
	return offset + 4 <= v->config_len ? mmio_read32(v->config + offset) : 0;
}

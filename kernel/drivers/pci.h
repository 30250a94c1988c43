/* SPDX-License-Identifier: MIT */
/* PCI: finding functions, their configuration space, their memory bars, MSI-X. PCI Local Bus
 * 3.0. */
#pragma once

#include "arch/irq.h"
#include "lib/types.h"

struct pci_device {
	u8 bus, slot, function;
	u16 vendor, device;
	u32 class_code;   /* class, subclass, interface */
	void *msix_table; /* mapped by pci_enable_msix */
	u32 msix_entries;
};

struct pci_driver {
	const char *name;
	u16 vendor;
	u16 device_first, device_last;
	/* 0: taken. The struct is copied by whoever keeps it. May sleep. */
	int (*probe)(const struct pci_device *dev);
};

/* Offers every function on every bus that the bridges lead to to the driver. Returns the number
 * taken. */
u32 pci_probe(const struct pci_driver *driver);

u8 pci_read8(const struct pci_device *d, u32 offset);
u16 pci_read16(const struct pci_device *d, u32 offset);
u32 pci_read32(const struct pci_device *d, u32 offset);
void pci_write16(const struct pci_device *d, u32 offset, u16 v);
void pci_write32(const struct pci_device *d, u32 offset, u32 v);

/* The offset of the first capability with this id behind `after` (0: from the start), or 0. */
u32 pci_find_capability(const struct pci_device *d, u8 id, u32 after);
/* Maps the memory BAR (0..5): *len is its size. NULL: it is none, or there is no room. */
void *pci_map_bar(const struct pci_device *d, u32 bar, u64 *len);
/* Memory access and bus mastering on. */
void pci_enable(const struct pci_device *d);
/* Switches MSI-X on with all entries masked. 0 or -ENODEV. */
int pci_enable_msix(struct pci_device *d);
/* Connects one entry to a handler. 0, -ENOSPC or -EINVAL. */
int pci_connect_msix(struct pci_device *d, u32 entry, irq_handler_t handler, void *arg);

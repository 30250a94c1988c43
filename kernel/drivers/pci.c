// SPDX-License-Identifier: MIT
/*
 * PCI configuration by mechanism #1 (ports 0xCF8/0xCFC), which every PC chipset still has, so no
 * ACPI table is needed. Devices are probed once, at start-up; nothing is ever unplugged.
 */
#include "drivers/pci.h"
#include <linux/pci_regs.h>
#include "arch/io.h"
#include "arch/mmu.h"
#include "debug/printk.h"
#include "lib/err.h"
#include "sync/spinlock.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc

static struct spinlock config_lock = SPINLOCK_INIT(config_lock, RANK_DEVICE);

/* ---------------------------------------------------------------- configuration space */

static void config_select(const struct pci_device *d, u32 offset)
{
	outl(CONFIG_ADDRESS, 1u << 31 | (u32)d->bus << 16 | (u32)d->slot << 11 |
				     (u32)d->function << 8 | (offset & 0xfc));
}

u32 pci_read32(const struct pci_device *d, u32 offset)
{
	irqflags_t f = spin_lock_irqsave(&config_lock);
	u32 v;

	config_select(d, offset);
	v = inl(CONFIG_DATA);
	spin_unlock_irqrestore(&config_lock, f);
	return v;
}

u16 pci_read16(const struct pci_device *d, u32 offset)
{
	return (u16)(pci_read32(d, offset) >> (offset & 2) * 8);
}

u8 pci_read8(const struct pci_device *d, u32 offset)
{
	return (u8)(pci_read32(d, offset) >> (offset & 3) * 8);
}

void pci_write32(const struct pci_device *d, u32 offset, u32 v)
{
	irqflags_t f = spin_lock_irqsave(&config_lock);

	config_select(d, offset);
	outl(CONFIG_DATA, v);
	spin_unlock_irqrestore(&config_lock, f);
}

void pci_write16(const struct pci_device *d, u32 offset, u16 v)
{
	irqflags_t f = spin_lock_irqsave(&config_lock);

	config_select(d, offset);
	outw((u16)(CONFIG_DATA + (offset & 2)), v);
	spin_unlock_irqrestore(&config_lock, f);
}

u32 pci_find_capability(const struct pci_device *d, u8 id, u32 after)
{
	u32 at;

	if (!(pci_read16(d, PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return 0;
	at = after ? pci_read8(d, after + PCI_CAP_LIST_NEXT) : pci_read8(d, PCI_CAPABILITY_LIST);
	for (u32 n = 0; (at &= 0xfc) && n < 48; n++) { /* 48: a damaged list may be a ring */
		if (pci_read8(d, at + PCI_CAP_LIST_ID) == id)
			return at;
		at = pci_read8(d, at + PCI_CAP_LIST_NEXT);
	}
	return 0;
}

/* ---------------------------------------------------------------- bars */

/* The size of a BAR is found by writing ones: the bits that stay 0 are below it (PCI 3.0,
 * 6.2.5.1). */
static u64 bar_size(const struct pci_device *d, u32 reg, u32 low, bool is_64)
{
	u64 mask;
	u32 high = is_64 ? pci_read32(d, reg + 4) : 0;

	pci_write32(d, reg, ~0u);
	mask = pci_read32(d, reg) & (u32)PCI_BASE_ADDRESS_MEM_MASK;
	pci_write32(d, reg, low);
	if (!is_64)
		return (u32)~mask + 1UL;
	pci_write32(d, reg + 4, ~0u);
	mask |= (u64)pci_read32(d, reg + 4) << 32;
	pci_write32(d, reg + 4, high);
	return ~mask + 1;
}

void *pci_map_bar(const struct pci_device *d, u32 bar, u64 *len)
{
	u32 reg = PCI_BASE_ADDRESS_0 + bar * 4;
	u32 low = pci_read32(d, reg);
	bool is_64 = (low & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64;
	paddr_t base = low & (u32)PCI_BASE_ADDRESS_MEM_MASK;

	if (bar > 5 || low & PCI_BASE_ADDRESS_SPACE_IO)
		return NULL;
	if (is_64)
		base |= (u64)pci_read32(d, reg + 4) << 32;
	if (!base)
		return NULL;
	*len = bar_size(d, reg, low, is_64);
	return mmu_map_device(base, *len);
}

void pci_enable(const struct pci_device *d)
{
	u16 cmd = pci_read16(d, PCI_COMMAND);

	pci_write16(d, PCI_COMMAND,
		cmd | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE);
}

/* ---------------------------------------------------------------- MSI-X */

int pci_enable_msix(struct pci_device *d)
{
	u32 cap = pci_find_capability(d, PCI_CAP_ID_MSIX, 0);
	u32 table;
	u16 control;
	u64 len;
	char *bar;

	if (!cap)
		return -ENODEV;
	control = pci_read16(d, cap + PCI_MSIX_FLAGS);
	table = pci_read32(d, cap + PCI_MSIX_TABLE);
	d->msix_entries = (control & PCI_MSIX_FLAGS_QSIZE) + 1u;
	bar = pci_map_bar(d, table & PCI_MSIX_TABLE_BIR, &len);
	table &= PCI_MSIX_TABLE_OFFSET;
	if (!bar || table + d->msix_entries * (u64)PCI_MSIX_ENTRY_SIZE > len)
		return -ENODEV;
	d->msix_table = bar + table;
	for (u32 i = 0; i < d->msix_entries; i++)
		mmio_write32((char *)d->msix_table + i * PCI_MSIX_ENTRY_SIZE +
				     PCI_MSIX_ENTRY_VECTOR_CTRL,
			PCI_MSIX_ENTRY_CTRL_MASKBIT);
	pci_write16(d, cap + PCI_MSIX_FLAGS,
		(u16)((control | PCI_MSIX_FLAGS_ENABLE) & ~PCI_MSIX_FLAGS_MASKALL));
	return 0;
}

int pci_connect_msix(struct pci_device *d, u32 entry, irq_handler_t handler, void *arg)
{
	u64 address;
	u32 data;
	char *e;
	int err;

	if (!d->msix_table || entry >= d->msix_entries)
		return -EINVAL;
	e = (char *)d->msix_table + entry * PCI_MSIX_ENTRY_SIZE;
	err = irq_connect_msi(handler, arg, &address, &data);
	if (err)
		return err;
	mmio_write32(e + PCI_MSIX_ENTRY_LOWER_ADDR, (u32)address);
	mmio_write32(e + PCI_MSIX_ENTRY_UPPER_ADDR, (u32)(address >> 32));
	mmio_write32(e + PCI_MSIX_ENTRY_DATA, data);
	mmio_write32(e + PCI_MSIX_ENTRY_VECTOR_CTRL, 0);
	return 0;
}

/* ---------------------------------------------------------------- finding devices */

static u32 probe_bus(u8 bus, const struct pci_driver *driver, u32 depth);

static u32 probe_function(struct pci_device *d, const struct pci_driver *driver, u32 depth)
{
	u32 id = pci_read32(d, PCI_VENDOR_ID);

	if ((id & 0xffff) == 0xffff)
		return 0;
	d->vendor = (u16)id;
	d->device = (u16)(id >> 16);
	d->class_code = pci_read32(d, PCI_CLASS_REVISION) >> 8;
	if (d->class_code >> 8 == 0x0604 && depth < 8) /* a bridge to another bus */
		return probe_bus(pci_read8(d, PCI_SECONDARY_BUS), driver, depth + 1);
	if (d->vendor != driver->vendor || d->device < driver->device_first ||
		d->device > driver->device_last)
		return 0;
	return driver->probe(d) == 0;
}

static u32 probe_bus(u8 bus, const struct pci_driver *driver, u32 depth)
{
	u32 taken = 0;

	for (u8 slot = 0; slot < 32; slot++) {
		struct pci_device first = { .bus = bus, .slot = slot };
		bool multi = pci_read8(&first, PCI_HEADER_TYPE) & 0x80;

		for (u8 fn = 0; fn < (multi ? 8 : 1); fn++) {
			struct pci_device d = { .bus = bus, .slot = slot, .function = fn };

			taken += probe_function(&d, driver, depth);
		}
	}
	return taken;
}

u32 pci_probe(const struct pci_driver *driver)
{
	return probe_bus(0, driver, 0);
}

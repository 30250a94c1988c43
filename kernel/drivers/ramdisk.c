// SPDX-License-Identifier: MIT
/*
 * RAM disks: every boot module (GRUB's module2, QEMU's -initrd) is a disk whose requests are memory
 * copies and end at once. There is no interrupt, so a run from a RAM disk repeats exactly.
 */
#include "drivers/ramdisk.h"
#include "arch/bootinfo.h"
#include "arch/mmu.h"
#include "block/block.h"
#include "debug/printk.h"
#include "lib/devt.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/slab.h"

#define RAMDISK_MAJOR 1 /* as Linux: /dev/ram* is 1:N */

static void ramdisk_submit(struct block_device *bd, struct block_request *rq)
{
	char *disk = (char *)bd->private + (rq->sector << SECTOR_SHIFT);

	for (u32 i = 0; i < rq->nr_segments; i++) {
		struct block_segment *s = &rq->segments[i];
		void *memory = phys_to_virt(s->addr);

		if (rq->op == BLOCK_READ)
			memcpy(memory, disk, s->len);
		else if (rq->op == BLOCK_WRITE)
			memcpy(disk, memory, s->len);
		disk += s->len;
	}
	rq->done(rq, 0);
}

static const struct block_ops ramdisk_ops = { .submit = ramdisk_submit };

static void ramdisk_create(u32 number, const struct boot_module *module)
{
	struct block_device *bd = kzalloc(sizeof(*bd));

	if (!bd || module->end - module->start < SECTOR_SIZE) {
		pr_warn("ram%u: boot module ignored", number);
		kfree(bd);
		return;
	}
	snprintf(bd->name, sizeof(bd->name), "ram%u", number);
	bd->dev = MKDEV(RAMDISK_MAJOR, number);
	bd->nr_sectors = (module->end - module->start) >> SECTOR_SHIFT;
	bd->ops = &ramdisk_ops;
	bd->private = phys_to_virt(module->start);
	if (block_register(bd))
		kfree(bd);
}

void ramdisk_init(void)
{
	for (u32 i = 0; i < bootinfo.nr_modules; i++)
		ramdisk_create(i, &bootinfo.modules[i]);
}

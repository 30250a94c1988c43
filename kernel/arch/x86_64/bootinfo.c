/* SPDX-License-Identifier: MIT */
/*
 * What the boot loader told: multiboot2 (GRUB) and PVH (QEMU -kernel) into one form, copied out of
 * memory that is going to be reused. Nothing here trusts a count or a length of the loader's beyond
 * what fits.
 *
 * The memory map: what is called usable, cut down by what is called anything else (firmware's maps
 * overlap at times), in whole pages.
 */
#include "arch/bootinfo.h"
#include "arch/boot.h"
#include "arch/mmu.h"
#include "arch/x86_64/bootproto.h"
#include "arch/x86_64/x86.h"
#include "debug/panic.h"
#include "debug/printk.h"
#include "lib/string.h"

struct bootinfo bootinfo;

/* The RSDP's copy: multiboot2 passes it by value, in memory that is reused. */
static u8 rsdp_copy[64] __aligned(16);

/* --- the memory map --- */

static void region_insert(u32 at, paddr_t start, paddr_t end)
{
	struct boot_region *r = bootinfo.regions;

	if (bootinfo.nr_regions == BOOT_MAX_REGIONS)
		return; /* more pieces than we keep track of: the rest stays unused */
	memmove(&r[at + 1], &r[at], (bootinfo.nr_regions - at) * sizeof(*r));
	r[at] = (struct boot_region){ start, end };
	bootinfo.nr_regions++;
}

static void region_delete(u32 at)
{
	struct boot_region *r = bootinfo.regions;

	memmove(&r[at], &r[at + 1], (bootinfo.nr_regions - at - 1) * sizeof(*r));
	bootinfo.nr_regions--;
}

/* Adds usable memory, keeps the order, merges what touches. */
static void region_add(paddr_t start, paddr_t end)
{
	struct boot_region *r = bootinfo.regions;
	u32 i = 0;

	start = max(page_align_up(start),
		PAGE_SIZE); /* frame 0 belongs to the firmware, and means "none" */
	end = page_align_down(end);
	if (start >= end)
		return;
	while (i < bootinfo.nr_regions && r[i].end < start)
		i++;
	while (i < bootinfo.nr_regions && r[i].start <= end) {
		start = min(start, r[i].start);
		end = max(end, r[i].end);
		region_delete(i);
	}
	region_insert(i, start, end);
}

/* Takes away what is not usable after all. */
static void region_cut(paddr_t start, paddr_t end)
{
	struct boot_region *r = bootinfo.regions;

	start = page_align_down(start);
	end = page_align_up(end);
	for (u32 i = 0; i < bootinfo.nr_regions; i++) {
		struct boot_region old = r[i];

		if (old.end <= start || old.start >= end)
			continue;
		region_delete(i);
		if (end < old.end)
			region_insert(i, end, old.end);
		if (old.start < start)
			region_insert(i, old.start, start);
		else
			i--;
	}
}

/* One entry of the loader's map; called for all entries, first with usable = true, then with
 * false. */
static void region_entry(u64 addr, u64 len, u32 type, bool usable)
{
	u64 end = addr + len;

	if (end < addr || end > 1UL << 52)
		end = 1UL << 52;
	if (type == MEMORY_USABLE && usable)
		region_add(addr, end);
	if (type != MEMORY_USABLE && !usable)
		region_cut(addr, end);
}

/* --- pieces that both protocols have --- */

/* A string of the loader's, which may not end. */
static void copy_string(char *dst, size_t size, const char *src, size_t max)
{
	size_t n = min(strnlen(src, max), size - 1);

	memcpy(dst, src, n);
	dst[n] = 0;
}

static void add_module(u64 start, u64 end, const char *name, size_t max)
{
	struct boot_module *m = &bootinfo.modules[bootinfo.nr_modules];

	if (bootinfo.nr_modules == BOOT_MAX_MODULES || start >= end || end > GIB(4))
		return;
	m->start = start;
	m->end = end;
	copy_string(m->name, sizeof(m->name), name, max);
	bootinfo.nr_modules++;
}

/* --- multiboot2 --- */

static void mb2_mmap(const struct mb2_mmap *map)
{
	const char *end = (const char *)map + map->tag.size;

	if (map->entry_size < sizeof(struct mb2_mmap_entry))
		return;
	for (int usable = 1; usable >= 0; usable--)
		for (const char *p = (const char *)(map + 1);
			p + sizeof(struct mb2_mmap_entry) <= end; p += map->entry_size) {
			const struct mb2_mmap_entry *e = (const void *)p;

			region_entry(e->addr, e->len, e->type, usable);
		}
}

static void mb2_framebuffer(const struct mb2_framebuffer *fb)
{
	if (fb->type == 0)
		return; /* indexed colours: nothing that we draw on */
	bootinfo.fb = (struct boot_framebuffer){
		.addr = fb->addr,
		.pitch = fb->pitch,
		.width = fb->width,
		.height = fb->height,
		.bpp = fb->bpp,
		.is_rgb = fb->type == 1,
		.red_pos = fb->red_pos,
		.green_pos = fb->green_pos,
		.blue_pos = fb->blue_pos,
	};
}

static void mb2_rsdp(const struct mb2_tag *tag)
{
	memcpy(rsdp_copy, tag + 1, min((size_t)tag->size - sizeof(*tag), sizeof(rsdp_copy)));
	bootinfo.acpi_rsdp = IMAGE_PHYS(rsdp_copy);
}

static void mb2_tag(const struct mb2_tag *tag)
{
	const char *text = (const char *)(tag + 1);
	const struct mb2_module *m = (const void *)tag;

	switch (tag->type) {
	case MB2_CMDLINE:
		copy_string(
			bootinfo.cmdline, sizeof(bootinfo.cmdline), text, tag->size - sizeof(*tag));
		break;
	case MB2_LOADER:
		copy_string(
			bootinfo.loader, sizeof(bootinfo.loader), text, tag->size - sizeof(*tag));
		break;
	case MB2_MODULE:
		if (tag->size >= sizeof(*m))
			add_module(m->start, m->end, m->cmdline, tag->size - sizeof(*m));
		break;
	case MB2_MMAP:
		if (tag->size >= sizeof(struct mb2_mmap))
			mb2_mmap((const void *)tag);
		break;
	case MB2_FRAMEBUFFER:
		if (tag->size >= sizeof(struct mb2_framebuffer) - 6)
			mb2_framebuffer((const void *)tag);
		break;
	case MB2_ACPI_OLD:
		if (bootinfo.acpi_rsdp)
			break;
		/* fall through */
	case MB2_ACPI_NEW:
		mb2_rsdp(tag);
		break;
	}
}

static void mb2_parse(paddr_t info)
{
	const char *p = phys_to_virt(info), *end = p + *(const u32 *)p;

	for (p += 8; p + sizeof(struct mb2_tag) <= end;) {
		const struct mb2_tag *tag = (const void *)p;

		if (tag->type == MB2_END || tag->size < sizeof(*tag) || tag->size > (u64)(end - p))
			break;
		mb2_tag(tag);
		p += ALIGN_UP((u64)tag->size, 8);
	}
}

/* --- PVH --- */

static void pvh_parse(paddr_t info)
{
	const struct pvh_start_info *si = phys_to_virt(info);
	const struct pvh_module *mods = phys_to_virt(si->modlist_paddr);
	const struct pvh_memmap_entry *map = phys_to_virt(si->memmap_paddr);

	if (si->magic != PVH_MAGIC)
		panic("started by an unknown boot protocol");
	strlcpy(bootinfo.loader, "PVH", sizeof(bootinfo.loader));
	if (si->version < 1 || !si->memmap_paddr)
		panic("the boot loader gave no memory map");
	for (int usable = 1; usable >= 0; usable--)
		for (u32 i = 0; i < si->memmap_entries; i++)
			region_entry(map[i].addr, map[i].size, map[i].type, usable);
	if (si->cmdline_paddr)
		copy_string(bootinfo.cmdline, sizeof(bootinfo.cmdline),
			phys_to_virt(si->cmdline_paddr), sizeof(bootinfo.cmdline));
	for (u32 i = 0; si->modlist_paddr && i < si->nr_modules; i++) {
		const char *name = mods[i].cmdline_paddr ? phys_to_virt(mods[i].cmdline_paddr) : "";

		add_module(mods[i].paddr, mods[i].paddr + mods[i].size, name, 64);
	}
	bootinfo.acpi_rsdp = si->rsdp_paddr;
}

void bootinfo_init(u32 protocol, paddr_t info)
{
	bootinfo.kernel_start = IMAGE_PHYS(kernel_start);
	bootinfo.kernel_end = page_align_up(IMAGE_PHYS(kernel_end));
	if (protocol == BOOT_MULTIBOOT2)
		mb2_parse(info);
	else
		pvh_parse(info);
	if (!bootinfo.nr_regions)
		panic("the boot loader gave no usable memory");
}

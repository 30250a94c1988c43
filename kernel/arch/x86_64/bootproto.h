/* SPDX-License-Identifier: MIT */
/*
 * The structures that boot loaders hand over. Multiboot2 Specification 2.0, section 3.6; Xen's
 * x86/HVM direct boot ABI (start_info.h), which QEMU's -kernel speaks. Neither comes with the
 * installed headers.
 */
#pragma once

#include "lib/types.h"

#define BOOT_MULTIBOOT2 1 /* boot/layout.inc */
#define BOOT_PVH        2

struct mb2_tag {
	u32 type, size; /* the next one begins at the next multiple of 8 */
};

enum mb2_tag_type {
	MB2_END = 0,
	MB2_CMDLINE = 1,
	MB2_LOADER = 2,
	MB2_MODULE = 3,
	MB2_MMAP = 6,
	MB2_FRAMEBUFFER = 8,
	MB2_ACPI_OLD = 14, /* a copy of the RSDP of ACPI 1.0 */
	MB2_ACPI_NEW = 15, /* ... of 2.0 and later */
};

struct mb2_module {
	struct mb2_tag tag;
	u32 start, end;
	char cmdline[];
};

struct mb2_mmap {
	struct mb2_tag tag;
	u32 entry_size, entry_version;
	/* entries follow */
};

struct mb2_mmap_entry {
	u64 addr, len;
	u32 type, zero;
};

struct mb2_framebuffer {
	struct mb2_tag tag;
	u64 addr;
	u32 pitch, width, height;
	u8 bpp, type; /* 0 indexed, 1 direct colour, 2 EGA text */
	u16 reserved;
	u8 red_pos, red_size, green_pos, green_size, blue_pos, blue_size;
} __packed;

#define PVH_MAGIC 0x336ec578

struct pvh_start_info {
	u32 magic, version, flags, nr_modules;
	u64 modlist_paddr, cmdline_paddr, rsdp_paddr;
	u64 memmap_paddr; /* from version 1 on */
	u32 memmap_entries, reserved;
};

struct pvh_module {
	u64 paddr, size, cmdline_paddr, reserved;
};

struct pvh_memmap_entry {
	u64 addr, size;
	u32 type, reserved;
};

#define MEMORY_USABLE 1 /* the E820 type, in both protocols */

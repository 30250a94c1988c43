/* SPDX-License-Identifier: MIT */
/*
 * What the boot loader told, in one form for multiboot2 (GRUB) and PVH (QEMU -kernel): filled by
 * arch before kmain's table runs, and copied out of boot memory, so that it stays valid.
 */
#pragma once

#include "lib/types.h"

#define BOOT_MAX_REGIONS 64
#define BOOT_MAX_MODULES 4

struct boot_region {
	paddr_t start,
		/* usable RAM, page aligned inwards, sorted, disjoint; kernel image and modules NOT
		 * cut out */
		end;
};

struct boot_module {
	paddr_t start, end;
	char name[64];
};

struct boot_framebuffer {
	paddr_t addr;
	u32 pitch, width, height;
	u8 bpp;
	/* direct colour with the masks below; else EGA text, width x height characters */
	bool is_rgb;
	u8 red_pos, green_pos, blue_pos;
};

struct bootinfo {
	char loader[64];
	char cmdline[4096];
	u32 nr_regions, nr_modules;
	struct boot_region regions[BOOT_MAX_REGIONS];
	struct boot_module modules[BOOT_MAX_MODULES];
	struct boot_framebuffer fb; /* addr 0: none */
	paddr_t acpi_rsdp;          /* 0: to be searched */
	paddr_t kernel_start, kernel_end;
};

extern struct bootinfo bootinfo;

/* Allocates pages before the buddy allocator exists: zeroed, never freed; panics when there is
 * none. */
paddr_t boot_alloc_pages(u64 nr);
/* Calls fn for every maximal free range that is left for the buddy allocator: RAM minus kernel,
 * modules, boot_alloc'd. */
void boot_for_each_free(void (*fn)(pfn_t first, u64 nr));

/* Command line: the value of key= (copied, cut to size), true if present; flags: boot_option(key,
 * NULL, 0). */
bool boot_option(const char *key, char *value, size_t size);
/* Init's arguments behind " -- ", percent-decoded, as consecutive strings; returns their number. */
u32 boot_init_args(char *buf, size_t size);
/* Prints a warning for every option that nobody knows. */
void boot_check_options(void);

/* SPDX-License-Identifier: MIT */
/*
 * Memory before the buddy allocator exists: whole pages, taken from the top of RAM down (low memory
 * is scarcer) and never given back. What is taken is a short sorted list of ranges, which begins
 * with the kernel's image and the boot modules; at the end everything else goes to the buddy
 * allocator.
 *
 * Until mmu_init_kernel() has mapped all RAM only the first 4 GiB can be handed out, because that
 * is what the boot tables map. Boot CPU only, no locks.
 */
#include "arch/bootinfo.h"
#include "arch/mmu.h"
#include "arch/x86_64/boot_internal.h"
#include "debug/assert.h"
#include "lib/string.h"

#define MAX_TAKEN 64

static struct boot_region taken[MAX_TAKEN]; /* sorted, disjoint, not touching */
static u32 nr_taken;
static paddr_t limit = GIB(4);
static bool closed;

static void take(paddr_t start, paddr_t end)
{
	u32 i = 0, n;

	while (i < nr_taken && taken[i].end < start)
		i++;
	for (n = i; n < nr_taken && taken[n].start <= end; n++) {
		start = min(start, taken[n].start);
		end = max(end, taken[n].end);
	}
	if (n == i && nr_taken == MAX_TAKEN)
		panic("boot memory: more than %d pieces taken", MAX_TAKEN);
	memmove(&taken[i + 1], &taken[n], (nr_taken - n) * sizeof(*taken));
	nr_taken = nr_taken - (n - i) + 1;
	taken[i] = (struct boot_region){ start, end };
}

static void take_fixed(void)
{
	if (nr_taken)
		return;
	take(bootinfo.kernel_start, bootinfo.kernel_end);
	for (u32 i = 0; i < bootinfo.nr_modules; i++)
		take(page_align_down(bootinfo.modules[i].start),
			page_align_up(bootinfo.modules[i].end));
}

/* The highest free range of this size in [from, to): its start, or 0. */
static paddr_t find_down(paddr_t from, paddr_t to, u64 len)
{
	for (u32 i = nr_taken; i-- > 0;) {
		if (taken[i].start >= to)
			continue;
		if (taken[i].end <= from)
			break;
		if (taken[i].end < to && to - taken[i].end >= len)
			return to - len;
		to = taken[i].start;
	}
	return to >= from && to - from >= len ? to - len : 0;
}

static paddr_t alloc_below(paddr_t top, u64 len)
{
	take_fixed();
	for (u32 i = bootinfo.nr_regions; i-- > 0;) {
		const struct boot_region *r = &bootinfo.regions[i];
		paddr_t at = 0;

		if (r->start < top)
			at = find_down(r->start, min(r->end, top), len);
		if (at) {
			take(at, at + len);
			memset(phys_to_virt(at), 0, len);
			return at;
		}
	}
	return 0;
}

paddr_t boot_alloc_pages(u64 nr)
{
	paddr_t at;

	assert(!closed);
	at = alloc_below(limit, nr << PAGE_SHIFT);
	if (!at)
		panic("not enough memory to boot: no %lu KiB in one piece",
			nr << (PAGE_SHIFT - 10));
	return at;
}

paddr_t boot_alloc_low_page(void)
{
	return alloc_below(MIB(1), PAGE_SIZE);
}

void boot_alloc_lift_limit(void)
{
	limit = ~0UL;
}

bool boot_alloc_is_closed(void)
{
	return closed;
}

void boot_for_each_free(void (*fn)(pfn_t first, u64 nr))
{
	take_fixed();
	closed = true;
	for (u32 i = 0; i < bootinfo.nr_regions; i++) {
		paddr_t at = bootinfo.regions[i].start, end = bootinfo.regions[i].end;

		for (u32 t = 0; t < nr_taken && at < end; t++) {
			if (taken[t].end <= at || taken[t].start >= end)
				continue;
			if (taken[t].start > at)
				fn(at >> PAGE_SHIFT, (taken[t].start - at) >> PAGE_SHIFT);
			at = taken[t].end;
		}
		if (at < end)
			fn(at >> PAGE_SHIFT, (end - at) >> PAGE_SHIFT);
	}
}

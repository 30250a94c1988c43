// SPDX-License-Identifier: MIT
/*
 * procfs_memory.c: /proc's files about memory as a whole: meminfo, vmstat, buddyinfo, slabinfo
 * (proc(5)). All lines of Linux 6.1 in its order and columns; what does not exist here (swap, huge
 * pages, NUMA, compaction) is truly 0.
 *
 * There is one zone and no list of private pages: those count as active, shared memory as inactive,
 * as long as mlock(2) does not hold them.
 */
#include "arch/cpu.h"
#include "arch/mmu.h"
#include "arch/percpu.h"
#include "arch/tlb.h"
#include "block/block.h"
#include "mm/commit.h"
#include "mm/lazyfree.h"
#include "mm/lru.h"
#include "mm/mm.h"
#include "mm/pagecache.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/writeback.h"
#include "proc/procfs.h"

struct sectors {
	u64 in, out;
};

struct memory {
	struct page_stats frames;
	struct pagecache_stats cache;
	struct lru_stats lru;
	struct reclaim_stats reclaim;
	struct lazyfree_stats lazy;
	struct writeback_stats writeback;
	struct fault_stats faults;
	struct sectors sectors;
};

static void add_sectors(struct block_device *bd, void *arg)
{
	struct sectors *s = arg;

	s->in += bd->sectors_read;
	s->out += bd->sectors_written;
}

static void collect(struct memory *m)
{
	page_get_stats(&m->frames);
	pagecache_get_stats(&m->cache);
	lru_get_stats(&m->lru);
	reclaim_get_stats(&m->reclaim);
	lazyfree_get_stats(&m->lazy);
	writeback_get_stats(&m->writeback);
	mm_get_fault_stats(&m->faults);
	m->sectors = (struct sectors){ 0 };
	block_for_each(add_sectors, &m->sectors);
}

/* ---------------------------------------------------------------- meminfo */

/* What could be had without swapping: free frames and clean cache, less what is kept in reserve. */
static u64 available(const struct memory *m)
{
	u64 kept = m->cache.shmem + m->cache.dirty + m->cache.mapped / 2;

	return m->frames.free + (m->cache.cached > kept ? m->cache.cached - kept : 0);
}

#define IN_KIB(pages) ((pages) * (PAGE_SIZE / 1024))

int procfs_show_meminfo(struct proc_text *t, void *object)
{
	u64 direct[4];
	struct memory m;

	(void)object;
	collect(&m);
	mmu_direct_map_sizes(direct);

	const struct {
		const char *label;
		u64 kib;
	} rows[] = {
		{ "MemTotal:", IN_KIB(m.frames.total) },
		{ "MemFree:", IN_KIB(m.frames.free) },
		{ "MemAvailable:", IN_KIB(available(&m)) },
		{ "Buffers:", IN_KIB(m.cache.disk) },
		{ "Cached:", IN_KIB(m.cache.cached - m.cache.disk) },
		{ "SwapCached:", 0 },
		{ "Active:", IN_KIB(m.frames.anon + m.lru.active) },
		{ "Inactive:", IN_KIB(m.cache.shmem + m.lru.inactive) },
		{ "Active(anon):", IN_KIB(m.frames.anon) },
		{ "Inactive(anon):", IN_KIB(m.cache.shmem) },
		{ "Active(file):", IN_KIB(m.lru.active) },
		{ "Inactive(file):", IN_KIB(m.lru.inactive) },
		{ "Unevictable:", IN_KIB(m.lru.mlocked) },
		{ "Mlocked:", IN_KIB(m.lru.mlocked) },
		{ "SwapTotal:", 0 },
		{ "SwapFree:", 0 },
		{ "Dirty:", IN_KIB(m.cache.dirty) },
		{ "Writeback:", IN_KIB(m.cache.writeback) },
		{ "AnonPages:", IN_KIB(m.frames.anon) },
		{ "Mapped:", IN_KIB(m.cache.mapped) },
		{ "Shmem:", IN_KIB(m.cache.shmem) },
		{ "KReclaimable:", 0 },
		{ "Slab:", IN_KIB(m.frames.kernel_slab) },
		{ "SReclaimable:", 0 },
		{ "SUnreclaim:", IN_KIB(m.frames.kernel_slab) },
		{ "KernelStack:", IN_KIB(m.frames.kernel_stack) },
		{ "PageTables:", IN_KIB(m.frames.tables) },
		{ "SecPageTables:", 0 },
		{ "NFS_Unstable:", 0 },
		{ "Bounce:", 0 },
		{ "WritebackTmp:", 0 },
		{ "CommitLimit:", IN_KIB(commit_limit()) },
		{ "Committed_AS:", IN_KIB(commit_total()) },
		{ "VmallocTotal:", (KSTACK_AREA_END - KSTACK_AREA_BASE) / 1024 },
		{ "VmallocUsed:", IN_KIB(m.frames.kernel_stack) },
		{ "VmallocChunk:", 0 },
		{ "Percpu:", percpu_size() * nr_cpus / 1024 },
		{ "AnonHugePages:", 0 },
		{ "ShmemHugePages:", 0 },
		{ "ShmemPmdMapped:", 0 },
		{ "FileHugePages:", 0 },
		{ "FilePmdMapped:", 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		proc_printf(t, "%-16s%8lu kB\n", rows[i].label, rows[i].kib);
	proc_printf(t,
		"HugePages_Total:   %5u\nHugePages_Free:    %5u\nHugePages_Rsvd:    %5u\n"
		"HugePages_Surp:    %5u\nHugepagesize:   %8u kB\nHugetlb:        %8u kB\n",
		0u, 0u, 0u, 0u, 2048u, 0u);
	proc_printf(t,
		"DirectMap4k:    %8lu kB\nDirectMap2M:    %8lu kB\nDirectMap1G:    %8lu kB\n",
		direct[1] / 1024, direct[2] / 1024, direct[3] / 1024);
	return 0;
}

/* ---------------------------------------------------------------- vmstat */

u64 procfs_nr_drop_pagecache, procfs_nr_drop_slab;

int procfs_show_vmstat(struct proc_text *t, void *object)
{
	u64 nr_allocated;
	struct memory m;

	(void)object;
	collect(&m);
	nr_allocated = m.frames.nr_freed + m.frames.total - m.frames.free;

	const struct {
		const char *name;
		u64 value;
	} rows[] = {
		{ "nr_free_pages", m.frames.free },
		{ "nr_zone_inactive_anon", m.cache.shmem },
		{ "nr_zone_active_anon", m.frames.anon },
		{ "nr_zone_inactive_file", m.lru.inactive },
		{ "nr_zone_active_file", m.lru.active },
		{ "nr_zone_unevictable", m.lru.mlocked },
		{ "nr_zone_write_pending", m.cache.dirty + m.cache.writeback },
		{ "nr_mlock", m.lru.mlocked },
		{ "nr_bounce", 0 },
		{ "nr_zspages", 0 },
		{ "nr_free_cma", 0 },
		{ "numa_hit", nr_allocated },
		{ "numa_miss", 0 },
		{ "numa_foreign", 0 },
		{ "numa_interleave", 0 },
		{ "numa_local", nr_allocated },
		{ "numa_other", 0 },
		{ "nr_inactive_anon", m.cache.shmem },
		{ "nr_active_anon", m.frames.anon },
		{ "nr_inactive_file", m.lru.inactive },
		{ "nr_active_file", m.lru.active },
		{ "nr_unevictable", m.lru.mlocked },
		{ "nr_slab_reclaimable", 0 },
		{ "nr_slab_unreclaimable", m.frames.kernel_slab },
		{ "nr_isolated_anon", 0 },
		{ "nr_isolated_file", 0 },
		{ "workingset_nodes", 0 },
		{ "workingset_refault_anon", 0 },
		{ "workingset_refault_file", 0 },
		{ "workingset_activate_anon", 0 },
		{ "workingset_activate_file", 0 },
		{ "workingset_restore_anon", 0 },
		{ "workingset_restore_file", 0 },
		{ "workingset_nodereclaim", 0 },
		{ "nr_anon_pages", m.frames.anon },
		{ "nr_mapped", m.cache.mapped },
		{ "nr_file_pages", m.cache.cached },
		{ "nr_dirty", m.cache.dirty },
		{ "nr_writeback", m.cache.writeback },
		{ "nr_writeback_temp", 0 },
		{ "nr_shmem", m.cache.shmem },
		{ "nr_shmem_hugepages", 0 },
		{ "nr_shmem_pmdmapped", 0 },
		{ "nr_file_hugepages", 0 },
		{ "nr_file_pmdmapped", 0 },
		{ "nr_anon_transparent_hugepages", 0 },
		{ "nr_vmscan_write", m.reclaim.written },
		{ "nr_vmscan_immediate_reclaim", 0 },
		{ "nr_dirtied", m.writeback.dirtied },
		{ "nr_written", m.writeback.written },
		{ "nr_throttled_written", 0 },
		{ "nr_kernel_misc_reclaimable", 0 },
		{ "nr_foll_pin_acquired", 0 },
		{ "nr_foll_pin_released", 0 },
		{ "nr_kernel_stack", m.frames.kernel_stack * (PAGE_SIZE / 1024) },
		{ "nr_page_table_pages", m.frames.tables },
		{ "nr_sec_page_table_pages", 0 },
		{ "nr_swapcached", 0 },
		{ "pgpromote_success", 0 },
		{ "pgpromote_candidate", 0 },
		{ "nr_dirty_threshold", m.writeback.dirty_threshold },
		{ "nr_dirty_background_threshold", m.writeback.background_threshold },
		{ "pgpgin", m.sectors.in / 2 },
		{ "pgpgout", m.sectors.out / 2 },
		{ "pswpin", 0 },
		{ "pswpout", 0 },
		{ "pgalloc_dma", 0 },
		{ "pgalloc_dma32", 0 },
		{ "pgalloc_normal", nr_allocated },
		{ "pgalloc_movable", 0 },
		{ "pgalloc_device", 0 },
		{ "allocstall_dma", 0 },
		{ "allocstall_dma32", 0 },
		{ "allocstall_normal", m.reclaim.direct_runs },
		{ "allocstall_movable", 0 },
		{ "allocstall_device", 0 },
		{ "pgskip_dma", 0 },
		{ "pgskip_dma32", 0 },
		{ "pgskip_normal", 0 },
		{ "pgskip_movable", 0 },
		{ "pgskip_device", 0 },
		{ "pgfree", m.frames.nr_freed },
		{ "pgactivate", m.reclaim.activated },
		{ "pgdeactivate", m.lru.deactivated },
		{ "pglazyfree", m.lazy.marked },
		{ "pgfault", m.faults.faults },
		{ "pgmajfault", m.faults.major },
		{ "pglazyfreed", m.lazy.freed },
		{ "pgrefill", m.lru.looked_at },
		{ "pgreuse", m.faults.reused },
		{ "pgsteal_kswapd", m.reclaim.freed },
		{ "pgsteal_direct", m.reclaim.freed_direct },
		{ "pgdemote_kswapd", 0 },
		{ "pgdemote_direct", 0 },
		{ "pgscan_kswapd", m.reclaim.scanned },
		{ "pgscan_direct", m.reclaim.scanned_direct },
		{ "pgscan_direct_throttle", 0 },
		{ "pgscan_anon", 0 },
		{ "pgscan_file", m.reclaim.scanned + m.reclaim.scanned_direct },
		{ "pgsteal_anon", 0 },
		{ "pgsteal_file", m.reclaim.freed + m.reclaim.freed_direct },
		{ "zone_reclaim_failed", 0 },
		{ "pginodesteal", 0 },
		{ "slabs_scanned", m.reclaim.objects },
		{ "kswapd_inodesteal", 0 },
		{ "kswapd_low_wmark_hit_quickly", 0 },
		{ "kswapd_high_wmark_hit_quickly", 0 },
		{ "pageoutrun", m.reclaim.runs },
		{ "pgrotated", 0 },
		{ "drop_pagecache", procfs_nr_drop_pagecache },
		{ "drop_slab", procfs_nr_drop_slab },
		{ "oom_kill", m.reclaim.oom_kills },
		{ "numa_pte_updates", 0 },
		{ "numa_huge_pte_updates", 0 },
		{ "numa_hint_faults", 0 },
		{ "numa_hint_faults_local", 0 },
		{ "numa_pages_migrated", 0 },
		{ "pgmigrate_success", 0 },
		{ "pgmigrate_fail", 0 },
		{ "thp_migration_success", 0 },
		{ "thp_migration_fail", 0 },
		{ "thp_migration_split", 0 },
		{ "compact_migrate_scanned", 0 },
		{ "compact_free_scanned", 0 },
		{ "compact_isolated", 0 },
		{ "compact_stall", 0 },
		{ "compact_fail", 0 },
		{ "compact_success", 0 },
		{ "compact_daemon_wake", 0 },
		{ "compact_daemon_migrate_scanned", 0 },
		{ "compact_daemon_free_scanned", 0 },
		{ "htlb_buddy_alloc_success", 0 },
		{ "htlb_buddy_alloc_fail", 0 },
		{ "unevictable_pgs_culled", 0 },
		{ "unevictable_pgs_scanned", 0 },
		{ "unevictable_pgs_rescued", 0 },
		{ "unevictable_pgs_mlocked", 0 },
		{ "unevictable_pgs_munlocked", 0 },
		{ "unevictable_pgs_cleared", 0 },
		{ "unevictable_pgs_stranded", 0 },
		{ "thp_fault_alloc", 0 },
		{ "thp_fault_fallback", 0 },
		{ "thp_fault_fallback_charge", 0 },
		{ "thp_collapse_alloc", 0 },
		{ "thp_collapse_alloc_failed", 0 },
		{ "thp_file_alloc", 0 },
		{ "thp_file_fallback", 0 },
		{ "thp_file_fallback_charge", 0 },
		{ "thp_file_mapped", 0 },
		{ "thp_split_page", 0 },
		{ "thp_split_page_failed", 0 },
		{ "thp_deferred_split_page", 0 },
		{ "thp_split_pmd", 0 },
		{ "thp_scan_exceed_none_pte", 0 },
		{ "thp_scan_exceed_swap_pte", 0 },
		{ "thp_scan_exceed_share_pte", 0 },
		{ "thp_split_pud", 0 },
		{ "thp_zero_page_alloc", 0 },
		{ "thp_zero_page_alloc_failed", 0 },
		{ "thp_swpout", 0 },
		{ "thp_swpout_fallback", 0 },
		{ "balloon_inflate", 0 },
		{ "balloon_deflate", 0 },
		{ "balloon_migrate", 0 },
		{ "nr_tlb_remote_flush", tlb_nr_shootdowns },
		{ "nr_tlb_remote_flush_received", tlb_nr_ipis },
		{ "swap_ra", 0 },
		{ "swap_ra_hit", 0 },
		{ "ksm_swpin_copy", 0 },
		{ "cow_ksm", 0 },
		{ "direct_map_level2_splits", 0 },
		{ "direct_map_level3_splits", 0 },
		{ "nr_unstable", 0 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++)
		proc_printf(t, "%s %lu\n", rows[i].name, rows[i].value);
	return 0;
}

/* ---------------------------------------------------------------- buddyinfo, slabinfo */

int procfs_show_buddyinfo(struct proc_text *t, void *object)
{
	u64 counts[PAGE_MAX_ORDER + 1];

	(void)object;
	page_count_blocks(counts);
	proc_printf(t, "Node %d, zone %8s ", 0, "Normal");
	for (u32 order = 0; order <= PAGE_MAX_ORDER; order++)
		proc_printf(t, "%6lu ", counts[order]);
	proc_put(t, "\n", 1);
	return 0;
}

int procfs_show_slabinfo(struct proc_text *t, void *object)
{
	struct slab_stats st;

	(void)object;
	proc_printf(t, "slabinfo - version: 2.1\n"
		       "# name            <active_objs> <num_objs> <objsize> <objperslab> "
		       "<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata "
		       "<active_slabs> <num_slabs> <sharedavail>\n");
	for (u32 i = 0; slab_get_stats(i, &st); i++) {
		proc_printf(t, "%-17s %6lu %6lu %6u %4u %4u", st.name, st.nr_active,
			st.nr_slabs * st.per_slab, st.size, st.per_slab, st.pages_per_slab);
		proc_printf(t, " : tunables %4u %4u %4u : slabdata %6lu %6lu %6lu\n", st.magazine,
			(st.magazine + 1) / 2, 0u, st.nr_slabs, st.nr_slabs, 0UL);
	}
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * proc_memory_files.c: /proc/meminfo and /proc/vmstat have the lines of Linux 6.1, in its order and
 * columns, and count what happens: faults, private and shared memory, pages given and given back.
 * Other kernels may have lines more.
 */
#include "test.h"

static char text[1 << 15];

/* In 6.1's order; the machine may have others between. */
static const char *const meminfo[] = { "MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached",
	"SwapCached", "Active", "Inactive", "Active(anon)", "Inactive(anon)", "Active(file)",
	"Inactive(file)", "Unevictable", "Mlocked", "SwapTotal", "SwapFree", "Dirty", "Writeback",
	"AnonPages", "Mapped", "Shmem", "KReclaimable", "Slab", "SReclaimable", "SUnreclaim",
	"KernelStack", "PageTables", "NFS_Unstable", "Bounce", "WritebackTmp", "CommitLimit",
	"Committed_AS", "VmallocTotal", "VmallocUsed", "VmallocChunk", "Percpu" };
static const char *const vmstat[] = { "nr_free_pages", "nr_zone_write_pending", "nr_mlock",
	"nr_inactive_anon", "nr_active_anon", "nr_inactive_file", "nr_active_file",
	"nr_unevictable", "nr_slab_reclaimable", "nr_slab_unreclaimable", "nr_anon_pages",
	"nr_mapped", "nr_file_pages", "nr_dirty", "nr_writeback", "nr_shmem", "nr_dirtied",
	"nr_written", "nr_kernel_stack", "nr_page_table_pages", "nr_dirty_threshold",
	"nr_dirty_background_threshold", "pgpgin", "pgpgout", "pswpin", "pswpout", "pgalloc_normal",
	"pgfree", "pgactivate", "pgdeactivate", "pglazyfree", "pgfault", "pgmajfault",
	"pglazyfreed", "pgrefill", "pgreuse", "pgsteal_kswapd", "pgsteal_direct", "pgscan_kswapd",
	"pgscan_direct", "oom_kill", "nr_unstable" };

static long value_of(const char *path, const char *name)
{
	char key[60];
	const char *at;

	text[0] = '\n';
	read_text(path, text + 1, sizeof(text) - 1);
	snprintf(key, sizeof(key), "\n%s%s", name, strstr(path, "meminfo") ? ":" : " ");
	at = strstr(text, key);
	if (!at)
		CHECK_FAILED("%s has no %s", path, name);
	return strtol(at + strlen(key), NULL, 10);
}

static void check_meminfo(void)
{
	const char *at = text;
	char line[80];

	read_text("/proc/meminfo", text, sizeof(text));
	for (size_t i = 0; i < NR_ITEMS(meminfo); i++) {
		char label[24];
		long value;

		snprintf(label, sizeof(label), "%s:", meminfo[i]);
		while (*at && strncmp(at, label, strlen(label)) != 0)
			at = strchr(at, '\n') + 1;
		if (!*at)
			CHECK_FAILED("meminfo has no %s behind the one before", meminfo[i]);
		value = strtol(at + strlen(label), NULL, 10);
		snprintf(line, sizeof(line), "%-16s%8ld kB\n", label, value);
		if (strncmp(at, line, strlen(line)) != 0)
			CHECK_FAILED("meminfo: expected the line %s", line);
	}
	CHECK(strstr(text, "\nHugePages_Total:       0\n") != NULL);
	CHECK(strstr(text, "\nHugepagesize:       2048 kB\n") != NULL);
	CHECK(strstr(text, "\nDirectMap2M: ") != NULL);
}

static void check_vmstat(void)
{
	const char *at = text;

	read_text("/proc/vmstat", text, sizeof(text));
	for (size_t i = 0; i < NR_ITEMS(vmstat); i++) {
		size_t n = strlen(vmstat[i]);

		while (*at && (strncmp(at, vmstat[i], n) != 0 || at[n] != ' '))
			at = strchr(at, '\n') + 1;
		if (!*at)
			CHECK_FAILED("vmstat has no %s behind the one before", vmstat[i]);
	}
	CHECK_EQ(at[strlen("nr_unstable")], ' ');
}

#define VMSTAT(name) value_of("/proc/vmstat", name)

static void check_counts(void)
{
	long faults = VMSTAT("pgfault"), given = VMSTAT("pgalloc_normal"), freed = VMSTAT("pgfree");
	long anon = VMSTAT("nr_anon_pages"), shmem = VMSTAT("nr_shmem"), kib;
	char *p = map_anon(500, PROT_READ | PROT_WRITE), *s = map_shared(300);

	for (int i = 0; i < 500; i++)
		p[i * PAGE] = 1;
	memset(s, 1, 300 * PAGE);
	CHECK(VMSTAT("pgfault") >= faults + 500);
	if (!on_vellum()) /* the machine is not ours alone, its counters are exact now and then */
		return;
	CHECK(VMSTAT("pgalloc_normal") >= given + 800);
	/* Less what the watchers (timeout) of earlier tests held, which end about now. */
	CHECK(VMSTAT("nr_anon_pages") >= anon + 250);
	CHECK_EQ(VMSTAT("nr_shmem"), shmem + 300);
	kib = value_of("/proc/meminfo", "Shmem");
	CHECK_EQ(kib, 4 * (shmem + 300));
	CHECK_OK(munmap(p, 500 * PAGE));
	CHECK_OK(munmap(s, 300 * PAGE));
	CHECK(VMSTAT("pgfree") >= freed + 800);
	CHECK_EQ(VMSTAT("nr_shmem"), shmem);
}

TEST()
{
	check_meminfo();
	check_vmstat();
	check_counts();
}

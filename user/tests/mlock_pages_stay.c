// SPDX-License-Identifier: MIT
/*
 * mlock_pages_stay.c: mlock(2) faults the pages in and keeps them: of private memory, of a file, of
 * shared memory. VmLck, Mlocked and Unevictable say so. Touching them faults no more, even after
 * the page cache was dropped. munlock, munmap and the end of the process give them back.
 */
#include "residence.h"
#include "settings.h"

#define NR 64

static bool counts = true; /* what is locked now, in Mlocked */

static long mlocked_kb(void)
{
	if (!on_vellum())
		sleep_ms(50); /* Linux counts in batches */
	return meminfo_kb("Mlocked");
}

static bool all_resident(char *p, size_t nr)
{
	unsigned char there[NR];

	CHECK_OK(mincore(p, nr * PAGE, there));
	for (size_t i = 0; i < nr; i++)
		if (!(there[i] & 1))
			return false;
	return true;
}

static void drop_caches(void)
{
	for (int i = 0; i < 3; i++)
		if (geteuid() == 0)
			write_setting("/proc/sys/vm/drop_caches", "1");
}

/* Others lock little on the machine where this runs on Linux. */
static void check_mlocked(long before, long kb)
{
	if (on_vellum())
		CHECK_EQ(meminfo_kb("Mlocked") - before, counts ? kb : 0);
	CHECK(meminfo_kb("Unevictable") >= meminfo_kb("Mlocked"));
}

static void check_kind(char *p, long before)
{
	CHECK_EQ(status_kb("VmLck:"), 0);
	CHECK_OK(mlock(p + 100, NR * PAGE - 100));
	CHECK_EQ(status_kb("VmLck:"), NR * 4);
	check_mlocked(before, NR * 4);
	CHECK(all_resident(p, NR));
	drop_caches();
	CHECK_EQ(faults_of_reading(p, NR), 0);
	/* Locks do not nest. */
	CHECK_OK(mlock(p, 2 * PAGE));
	CHECK_EQ(status_kb("VmLck:"), NR * 4);
	CHECK_OK(munlock(p, NR / 2 * PAGE));
	CHECK_EQ(status_kb("VmLck:"), NR * 2);
	check_mlocked(before, NR * 2);
	CHECK_OK(munmap(p + NR / 4 * 3 * PAGE, NR / 4 * PAGE));
	CHECK_EQ(status_kb("VmLck:"), NR);
	check_mlocked(before, NR);
	CHECK_OK(munlock(p + NR / 2 * PAGE, NR / 4 * PAGE));
	CHECK_EQ(status_kb("VmLck:"), 0);
	check_mlocked(before, 0);
	CHECK_OK(munmap(p, NR / 4 * 3 * PAGE));
}

TEST_IN_DIR()
{
	int fd = make_file("a", NR * PAGE), rw = PROT_READ | PROT_WRITE;
	long before = mlocked_kb();
	char *p;
	pid_t pid;

	CHECK_OK(fsync(fd));
	check_kind(map_anon(NR, rw), before);
	/* Pages of zeros that were never written are one page for all, which nobody locks. */
	counts = false;
	check_kind(map_anon(NR, PROT_READ), before);
	counts = true;
	check_kind(CHECK_OK(mmap(NULL, NR * PAGE, PROT_READ, MAP_SHARED, fd, 0)), before);
	check_kind(CHECK_OK(mmap(NULL, NR * PAGE, PROT_READ, MAP_PRIVATE, fd, 0)), before);
	check_kind(CHECK_OK(mmap(NULL, NR * PAGE, rw, MAP_PRIVATE, fd, 0)), before);
	check_kind(CHECK_OK(mmap(NULL, NR * PAGE, rw, MAP_SHARED | MAP_ANONYMOUS, -1, 0)), before);

	/* A page that two lock counts once, and stays until both let go. */
	p = CHECK_OK(mmap(NULL, NR * PAGE, PROT_READ, MAP_SHARED, fd, 0));
	CHECK_OK(mlock(p, NR * PAGE));
	pid = fork_child();
	if (pid == 0) {
		CHECK_EQ(status_kb("VmLck:"), 0);
		check_mlocked(before, NR * 4);
		CHECK_OK(mlock(p, NR * PAGE));
		check_mlocked(before, NR * 4);
		CHECK_OK(munlock(p, PAGE));
		check_mlocked(before, NR * 4);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	check_mlocked(before, NR * 4);
	CHECK_OK(ftruncate(fd, NR / 2 * PAGE));
	check_mlocked(before, NR * 2);
	CHECK_OK(munmap(p, NR * PAGE));
	check_mlocked(before, 0);
}

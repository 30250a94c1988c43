// SPDX-License-Identifier: MIT
/*
 * max_map_count.c: vm.max_map_count bounds the number of mappings: mmap may make one more than
 * that; what would make two mappings of one (munmap in the middle, mprotect, mlock) gives
 * ENOMEM at the bound (madvise: EAGAIN), but not if the part is merged with a neighbour, nor what only takes away.
 */
#include "settings.h"

#define ANON    (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW      (PROT_READ | PROT_WRITE)
#define SETTING "/proc/sys/vm/max_map_count"

static char *area;

/* Without the page of vsyscall, which only looks like one. */
static int nr_mappings(void)
{
	return maps_in((void *)0, (void *)(1UL << 47), NULL, 0);
}

/* The bound becomes what there is now, and `more`. */
static void bound(int more)
{
	set_setting(SETTING, nr_mappings() + more);
}

static void checks(void)
{
	char *p;

	area = map_anon(32, RW);
	nr_mappings(); /* its buffers are there from now on */

	bound(0);
	p = CHECK_OK(mmap(NULL, PAGE, PROT_EXEC, ANON, -1, 0)); /* one more */
	CHECK_ERR(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, ANON, -1, 0), ENOMEM);
	/* Linux looks at the number first, so even replacing is refused. */
	CHECK_ERR(mmap(area, PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	CHECK(syscall(SYS_brk, syscall(SYS_brk, 0) + 64 * PAGE) == syscall(SYS_brk, 0));
	CHECK_OK(munmap(p, PAGE));

	bound(0);
	CHECK_ERR(munmap(area + PAGE, PAGE), ENOMEM);
	CHECK_ERR(mprotect(area + PAGE, PAGE, PROT_READ), ENOMEM);
	CHECK_ERR(mprotect(area, PAGE, PROT_READ), ENOMEM);
	CHECK_ERR(madvise(area + PAGE, PAGE, MADV_SEQUENTIAL), EAGAIN);
	CHECK_ERR(mlock(area + PAGE, PAGE), ENOMEM);
	CHECK_ERR(
		mremap(area, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, area + 64 * PAGE), ENOMEM);
	CHECK_OK(munmap(area + 31 * PAGE, PAGE));
	CHECK_OK(munmap(area, PAGE));
	CHECK_OK(mprotect(area + PAGE, 30 * PAGE, PROT_READ)); /* all of it */
	CHECK_OK(mprotect(area + PAGE, 30 * PAGE, RW));

	/* Room for one: the first splits, then only merging. */
	bound(1);
	CHECK_OK(mprotect(area + PAGE, 2 * PAGE, PROT_READ));
	CHECK_OK(mprotect(area + 3 * PAGE, 2 * PAGE, PROT_READ));
	CHECK_OK(mprotect(area + 4 * PAGE, PAGE, RW));
	CHECK_ERR(mprotect(area + 2 * PAGE, PAGE, RW), ENOMEM);
	CHECK_MAPS(area + PAGE, 8, "3r-- 5rw-");
	bound(1);
	CHECK_ERR(mprotect(area + 8 * PAGE, PAGE, PROT_READ), ENOMEM); /* would be three */
	EXPECT_ERR(write_setting(SETTING, "-1"), EINVAL);
}

TEST()
{
	with_settings(checks);
}

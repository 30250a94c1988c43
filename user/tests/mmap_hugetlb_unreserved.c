// SPDX-License-Identifier: MIT
/*
 * mmap_hugetlb_unreserved.c: MAP_HUGETLB with MAP_NORESERVE maps even where no huge pages are set
 * aside: whole ones, between huge pages, private or shared. A touch is SIGBUS (EFAULT in a system call),
 * nothing is resident, MAP_POPULATE and MAP_LOCKED do nothing. maps and smaps show what it is.
 */
#include "hugetlb.h"

static void check_places(void)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE;
	char *p = map_huge(1, MAP_PRIVATE), *at;
	struct map_line line;

	CHECK_EQ((uintptr_t)p % HUGE, 0);
	CHECK_EQ(map_of(p, &line), true);
	CHECK_EQ(line.end - line.start, HUGE);
	CHECK_STR(line.path, "/anon_hugepage (deleted)");
	at = mmap(p - 64 * HUGE, 2 * HUGE, RW, flags, -1, 0);
	CHECK(at == p - 64 * HUGE);
	CHECK_OK(munmap(at, 2 * HUGE));
	at = mmap(p - 64 * HUGE + PAGE, HUGE, RW, flags, -1, 0);
	CHECK(at == p - 64 * HUGE ||
		(!on_vellum() && at == p - 63 * HUGE)); /* newer ones round up */
	CHECK(mmap(p, HUGE, RW, flags | MAP_FIXED, -1, 0) == p);
	EXPECT_ERR(mmap(p + PAGE, HUGE, RW, flags | MAP_FIXED, -1, 0), EINVAL);
	EXPECT_ERR(mmap(p, PAGE, RW, flags | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
}

TEST()
{
	char *p, *shared;
	int zero = CHECK_OK(open("/dev/zero", O_RDONLY));

	need_empty_pool();
	check_places();
	p = map_huge(2 * HUGE, MAP_PRIVATE | MAP_POPULATE | MAP_LOCKED);
	shared = map_huge(HUGE, MAP_SHARED);
	CHECK_FAULT(TOUCH_READ, p + 12345, SIGBUS, BUS_ADRERR);
	CHECK_FAULT(TOUCH_WRITE, p + HUGE, SIGBUS, BUS_ADRERR);
	CHECK_FAULT(TOUCH_READ, shared + 1, SIGBUS, BUS_ADRERR);
	EXPECT_ERR(read(zero, p, 1), EFAULT);
	EXPECT_ERR(madvise(p, HUGE, MADV_POPULATE_READ), EFAULT);
	EXPECT_EQ(resident(p, HUGE / PAGE), 0);
	EXPECT_EQ(smaps_kb(p, "Size:"), 4096);
	EXPECT_EQ(smaps_kb(p, "KernelPageSize:"), 2048);
	EXPECT_EQ(smaps_kb(p, "MMUPageSize:"), 2048);
	EXPECT_EQ(smaps_kb(p, "Rss:"), 0);
	EXPECT_EQ(smaps_flag(p, "ht") && smaps_flag(p, "de") && smaps_flag(p, "nr"), true);
	EXPECT_EQ(smaps_flag(p, "ac") || smaps_flag(p, "lo"), false);
	EXPECT_EQ(smaps_flag(shared, "sh"), true);
	CHECK_KILLS(SIGBUS, shared[PAGE] = 1); /* in a child as well */
}

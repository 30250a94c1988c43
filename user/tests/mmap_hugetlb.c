// SPDX-License-Identifier: MIT
/*
 * mmap_hugetlb.c: MAP_HUGETLB where no huge pages are set aside: ENOMEM for 2 MiB and 1 GiB. EINVAL
 * for sizes that the machine has not, for a fixed address off the huge page, no type, length 0, an
 * offset off the huge page, and for files that are not of huge pages. Flags and places are judged
 * as for a file: a hint below the first huge page asks for address 0.
 */
#include "settings.h"

#define ANON      (MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB)
#define SIZE(log) ((log) << 26)
#define HUGE      (2UL << 20)

static long map(uintptr_t addr, size_t len, unsigned long flags)
{
	return syscall(SYS_mmap, addr, len, PROT_READ | PROT_WRITE, flags, -1, 0);
}

static void check_unprivileged(void)
{
	if (geteuid() == 0)
		become_other();
	if (on_vellum()) { /* newer kernels take another place */
		EXPECT_ERR(map(0x10000, HUGE, ANON), EPERM);
		EXPECT_ERR(map(0x10000, HUGE, MAP_ANONYMOUS | MAP_HUGETLB), EPERM);
	}
	EXPECT_ERR(map(0, HUGE, ANON | MAP_FIXED), EPERM);
}

TEST_IN_DIR()
{
	int fd = make_file("a", PAGE);

	if (meminfo_kb("HugePages_Total") != 0)
		skip("this machine has huge pages set aside");
	EXPECT_ERR(map(0, HUGE, ANON), ENOMEM);
	EXPECT_ERR(map(0, 1, ANON), ENOMEM);
	EXPECT_ERR(map(0, HUGE, ANON | SIZE(21UL)), ENOMEM);
	EXPECT_ERR(map(0, HUGE, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB), ENOMEM);
	EXPECT_ERR(map(0, HUGE, MAP_SHARED_VALIDATE | MAP_ANONYMOUS | MAP_HUGETLB), ENOMEM);
	EXPECT_ERR(map(0x40000000, HUGE, ANON | MAP_FIXED), ENOMEM);
	EXPECT_ERR(map(0, -1UL << 30, ANON), ENOMEM);
	/* 1 GiB: if the CPU has such pages. */
	EXPECT_EQ(map(0, HUGE, ANON | SIZE(30UL)), -1);
	CHECK(errno == ENOMEM || errno == EINVAL);

	EXPECT_ERR(map(0, HUGE, ANON | SIZE(22UL)), EINVAL);
	EXPECT_ERR(map(0, HUGE, ANON | SIZE(12UL)), EINVAL);
	EXPECT_ERR(map(0, HUGE, ANON | SIZE(63UL)), EINVAL);
	EXPECT_ERR(map(0x40001000, HUGE, ANON | MAP_FIXED), EINVAL);
	EXPECT_ERR(map(0, HUGE, MAP_ANONYMOUS | MAP_HUGETLB), EINVAL);
	EXPECT_ERR(map(0, HUGE, ANON | MAP_GROWSDOWN), EINVAL);
	EXPECT_ERR(map(0, 0, ANON), EINVAL);
	EXPECT_ERR(syscall(SYS_mmap, 0, HUGE, PROT_READ, ANON, -1, PAGE), EINVAL);
	EXPECT_ERR(map((uintptr_t)&check_unprivileged & -HUGE, HUGE, ANON | MAP_FIXED_NOREPLACE),
		EEXIST);
	EXPECT_ERR(map(0, HUGE, MAP_SHARED_VALIDATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_SYNC),
		EOPNOTSUPP);
	EXPECT_ERR(map(0x7ffffffff000 & -HUGE, 2 * HUGE, ANON | MAP_FIXED), ENOMEM);
	in_child(check_unprivileged);
	EXPECT_ERR(map(0, -1UL, ANON), EINVAL);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_HUGETLB, fd, 0), EINVAL);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_HUGETLB, fd, 0), EINVAL);
	EXPECT_ERR(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_HUGETLB, -1, 0), EBADF);
}

// SPDX-License-Identifier: MIT
/*
 * overcommit_modes.c: vm.overcommit_memory (proc(5)). 0: only a single request for more than all
 * memory is refused. 1: nothing is. 2: what would bring Committed_AS above CommitLimit is, wherever
 * memory is promised; MAP_NORESERVE does not help there.
 */
#include <sys/wait.h>

#include "settings.h"

#define ANON  (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW    (PROT_READ | PROT_WRITE)
#define KIB   1024UL
#define MODE  "/proc/sys/vm/overcommit_memory"
#define LIMIT "/proc/sys/vm/overcommit_kbytes"

static size_t memory, spare; /* bytes: of the machine; what mode 2 leaves */

static void *map(size_t len, int prot, int flags)
{
	return mmap(NULL, len, prot, flags, -1, 0);
}

static void guess(void)
{
	char *p;

	set_setting(MODE, 0);
	CHECK_ERR(map(4 * memory, RW, ANON), ENOMEM);
	CHECK_ERR(map(4 * memory, RW, MAP_SHARED | MAP_ANONYMOUS), ENOMEM);
	p = CHECK_OK(map(4 * memory, PROT_READ, ANON));
	CHECK_ERR(mprotect(p, 4 * memory, RW), ENOMEM);
	CHECK_OK(mprotect(p, memory / 2, RW));
	CHECK_OK(mprotect(p + memory / 2, memory / 2 & -PAGE, RW));
	CHECK_OK(munmap(p, 4 * memory));
	/* Two of which each could be true. */
	p = CHECK_OK(map(memory * 3 / 4 & -PAGE, RW, ANON));
	CHECK_OK(map(memory * 3 / 4 & -PAGE, RW, ANON));
	CHECK_ERR(mremap(p, memory / 2 & -PAGE, 4 * memory, MREMAP_MAYMOVE), ENOMEM);
	CHECK_OK(map(4 * memory, RW, ANON | MAP_NORESERVE));
	CHECK_OK(map(4 * memory, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE));
}

static void always(void)
{
	set_setting(MODE, 1);
	CHECK_OK(map(4 * memory, RW, ANON));
	CHECK_OK(map(4 * memory, RW, MAP_SHARED | MAP_ANONYMOUS));
}

/* The limit such that about `spare` more may be promised. */
static void set_limit(void)
{
	set_setting(LIMIT, meminfo_kb("Committed_AS") + spare / KIB);
	set_setting("/proc/sys/vm/user_reserve_kbytes", 0);
	CHECK_EQ(get_setting("/proc/sys/vm/overcommit_ratio"), 0);
	CHECK_EQ((unsigned long)meminfo_kb("CommitLimit"), get_setting(LIMIT) & -4UL);
}

/* In a file in memory every page is promised when it is made. */
static void check_memfd(void)
{
	int fd = CHECK_OK(syscall(SYS_memfd_create, "file", 0));
	char *p;

	CHECK_OK(ftruncate(fd, 8 * PAGE));
	p = CHECK_OK(mmap(NULL, 8 * PAGE, RW, MAP_SHARED, fd, 0));
	CHECK_CAN(TOUCH_WRITE, p);
	set_setting(LIMIT, 4);
	CHECK_FAULT(TOUCH_WRITE, p + PAGE, SIGBUS, BUS_ADRERR);
	CHECK_ERR(pwrite(fd, "x", 1, 2 * PAGE), ENOSPC);
	CHECK_EQ(pwrite(fd, "x", 1, 0), 1);
}

static void never(void)
{
	char *p, *none, *heap = (char *)syscall(SYS_brk, 0);
	pid_t pid;

	set_limit();
	set_setting(MODE, 2);
	CHECK_ERR(map(2 * spare, RW, ANON), ENOMEM);
	CHECK_ERR(map(2 * spare, RW, ANON | MAP_NORESERVE), ENOMEM);
	CHECK_ERR(map(2 * spare, RW, MAP_SHARED | MAP_ANONYMOUS), ENOMEM);
	CHECK_ERR(map(2 * spare, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE), ENOMEM);
	none = CHECK_OK(map(2 * spare, PROT_NONE, ANON));
	CHECK_ERR(mprotect(none, 2 * spare, RW), ENOMEM);
	CHECK(syscall(SYS_brk, heap + 2 * spare) == (long)heap);

	p = CHECK_OK(map(spare * 3 / 5 & -PAGE, RW, ANON));
	CHECK_ERR(map(spare * 3 / 5 & -PAGE, RW, ANON), ENOMEM);
	CHECK_ERR(mprotect(none, spare * 3 / 5 & -PAGE, RW), ENOMEM);
	CHECK_ERR(mremap(p, spare * 3 / 5 & -PAGE, spare * 6 / 5 & -PAGE, MREMAP_MAYMOVE), ENOMEM);
	CHECK(syscall(SYS_brk, heap + (spare * 3 / 5 & -PAGE)) == (long)heap);
	errno = 0;
	pid = fork(); /* would need as much again */
	CHECK(pid == -1 && errno == ENOMEM);
	/* Replacing what is promised needs nothing new. */
	CHECK_OK(mmap(p, spare * 3 / 5 & -PAGE, RW, ANON | MAP_FIXED, -1, 0));
	CHECK_OK(munmap(p, spare * 3 / 5 & -PAGE));
	p = CHECK_OK(map(spare * 3 / 5 & -PAGE, RW, ANON));
	CHECK_OK(munmap(p, spare * 3 / 5 & -PAGE));
	/* On Linux others would suffer. */
	if (on_vellum())
		check_memfd();
}

/* Others than root leave a reserve to root, and all some of what they have. */
static void reserves(void)
{
	pid_t pid;

	set_limit();
	set_setting("/proc/sys/vm/admin_reserve_kbytes", spare / 2 / KIB);
	set_setting(MODE, 2);
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(munmap(
			CHECK_OK(map(spare * 3 / 5 & -PAGE, RW, ANON)), spare * 3 / 5 & -PAGE));
		become_other();
		CHECK_ERR(map(spare * 3 / 5 & -PAGE, RW, ANON), ENOMEM);
		CHECK_OK(map(spare / 4 & -PAGE, RW, ANON));
		child_done();
	}
	CHECK_EXITS(pid, 0);
	/* A 32nd of the address space, here as much as `spare`, but no more than the setting. */
	set_setting("/proc/sys/vm/admin_reserve_kbytes", 0);
	CHECK_OK(map(32 * spare, PROT_NONE, ANON));
	set_setting("/proc/sys/vm/user_reserve_kbytes", spare / 2 / KIB);
	CHECK_ERR(map(spare * 3 / 5 & -PAGE, RW, ANON), ENOMEM);
	set_setting("/proc/sys/vm/user_reserve_kbytes", spare / 4 / KIB);
	CHECK_OK(map(spare * 3 / 5 & -PAGE, RW, ANON));
}

static void checks(void)
{
	in_child(guess);
	in_child(always);
	in_child(never);
	set_setting(MODE, 0);
	in_child(reserves);
	set_setting(MODE, 0);
	EXPECT_ERR(write_setting(MODE, "3"), EINVAL);
	EXPECT_ERR(write_setting(MODE, "-1"), EINVAL);
	EXPECT_ERR(write_setting(MODE, "x"), EINVAL);
	EXPECT_EQ(get_setting(MODE), 0);
	set_setting("/proc/sys/vm/overcommit_ratio", 30);
	EXPECT_EQ(get_setting(LIMIT), 0);
	EXPECT_EQ(meminfo_kb("CommitLimit") / 8,
		(meminfo_kb("MemTotal") / 4 * 30 / 100 - (meminfo_kb("Hugetlb") / 4 * 30 / 100)) *
				4 / 8 +
			meminfo_kb("SwapTotal") / 8);
}

TEST()
{
	memory = meminfo_kb("MemTotal") * KIB & -PAGE;
	spare = on_vellum() ? memory / 4 & -PAGE : memory * 2;
	if (spare > 4UL << 30)
		spare = 4UL << 30;
	with_settings(checks);
}

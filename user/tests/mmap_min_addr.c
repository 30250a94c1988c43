// SPDX-License-Identifier: MIT
/*
 * mmap_min_addr.c: vm.mmap_min_addr: below it, ordinary users may not map with MAP_FIXED (EPERM),
 * and root may. A hint below it becomes the lowest address that is allowed; a hint in page 0 is
 * none.
 */
#include "settings.h"

#define ANON    (MAP_PRIVATE | MAP_ANONYMOUS)
#define SETTING "/proc/sys/vm/mmap_min_addr"
/* The hook of Linux's security modules has a least value of its own, 64 KiB. */
#define MIN 0x20000UL

/* musl makes ENOMEM of EPERM. */
static long map(uintptr_t addr, int flags)
{
	return syscall(SYS_mmap, addr, PAGE, PROT_READ, ANON | flags, -1, 0);
}

static void as_other(void)
{
	become_other();
	EXPECT_ERR(map(0, MAP_FIXED), EPERM);
	EXPECT_ERR(map(PAGE, MAP_FIXED), EPERM);
	EXPECT_ERR(map(MIN - PAGE, MAP_FIXED), EPERM);
	EXPECT_ERR(map(MIN - PAGE, MAP_FIXED_NOREPLACE), EPERM);
	EXPECT_EQ(map(MIN, MAP_FIXED), MIN);
	CHECK_OK(munmap((void *)MIN, PAGE));
	EXPECT_EQ(map(PAGE, 0), MIN);
	CHECK(map(MIN - 1, 0) > (long)MIN); /* taken by now */
	CHECK(map(1, 0) > (long)MIN);
	CHECK(map(PAGE - 1, 0) > (long)MIN);
}

static void checks(void)
{
	pid_t pid;

	set_setting(SETTING, MIN);
	CHECK_EQ(get_setting(SETTING), MIN);
	pid = fork_child();
	if (pid == 0) {
		as_other();
		child_done();
	}
	CHECK_EXITS(pid, 0);
	EXPECT_EQ(map(MIN - PAGE, MAP_FIXED), MIN - PAGE);
	EXPECT_EQ(map(0, MAP_FIXED), 0);
}

TEST()
{
	with_settings(checks);
}

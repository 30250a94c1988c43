// SPDX-License-Identifier: MIT
/*
 * max_map_count_half.c: What would make three mappings of one when there is room for two
 * (vm.max_map_count) fails, and the first of the two cuts stays, with mprotect, madvise and mlock.
 * The parts are alike; they are one again when one of them is changed and changed
 * back.
 */
#include "settings.h"

#define RW      (PROT_READ | PROT_WRITE)
#define SETTING "/proc/sys/vm/max_map_count"

/* Room for one mapping more. Without the page of vsyscall, which only looks like one. */
static void bound(void)
{
	set_setting(SETTING, maps_in((void *)0, (void *)(1UL << 47), NULL, 0) + 1);
}

static void checks(void)
{
	char *p = (char *)map_shared(10) + PAGE;

	CHECK_OK(mprotect(p - PAGE, PAGE, PROT_NONE));
	CHECK_OK(mprotect(p + 8 * PAGE, PAGE, PROT_NONE));
	bound();
	CHECK_ERR(mprotect(p + 2 * PAGE, PAGE, PROT_READ), ENOMEM);
	CHECK_MAPS(p, 8, "2rw- 6rw-");
	CHECK_OK(mprotect(p, 2 * PAGE, PROT_READ));
	CHECK_OK(mprotect(p, 2 * PAGE, RW));
	CHECK_MAPS(p, 8, "8rw-");

	bound();
	CHECK_ERR(madvise(p + 3 * PAGE, PAGE, MADV_SEQUENTIAL), EAGAIN);
	CHECK_MAPS(p, 8, "3rw- 5rw-");
	CHECK_OK(mlock(p + 3 * PAGE, 5 * PAGE));
	CHECK_OK(munlock(p + 3 * PAGE, 5 * PAGE));
	CHECK_MAPS(p, 8, "8rw-");

	bound();
	CHECK_ERR(mlock(p + 4 * PAGE, PAGE), ENOMEM);
	CHECK_MAPS(p, 8, "4rw- 4rw-");
	CHECK_OK(munmap(p + 4 * PAGE, 4 * PAGE));
	CHECK_OK(munmap(p, 4 * PAGE));
}

TEST()
{
	with_settings(checks);
}

// SPDX-License-Identifier: MIT
/*
 * stack_locked_grows.c: A stack that is locked grows with locked pages, of which only the touched one
 * is there; so it is for MLOCK_ONFAULT, and for the process's own stack under mlockall(MCL_CURRENT).
 * MCL_FUTURE alone is for new mappings. What munlock frees grows without locks, and PROT_GROWSDOWN
 * changes the protection of locked pages down to the lowest.
 */
#include "residence.h"

#define RW (PROT_READ | PROT_WRITE)

static char *make_stack(void)
{
	char *place = map_anon(1024, PROT_NONE), *stack = place + 1000 * PAGE;

	CHECK_OK(munmap(place, 1024 * PAGE));
	CHECK(mmap(stack, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1,
		      0) == stack);
	return stack;
}

static long locked_pages(void)
{
	char text[8192], *at;

	read_text("/proc/self/status", text, sizeof(text));
	at = strstr(text, "VmLck:");
	CHECK(at != NULL);
	return strtol(at + 6, NULL, 10) / 4;
}

static void locked(void)
{
	char *stack = make_stack();

	CHECK_OK(mlock(stack, 4 * PAGE));
	CHECK_EQ(locked_pages(), 4);
	CHECK_EQ(resident(stack, 4), 4);
	stack[-5 * (long)PAGE] = 1;
	CHECK_MAPS(stack - 8 * PAGE, 12, "9rw-");
	EXPECT_EQ(smaps_flag(stack - 5 * PAGE, "lo"), true);
	EXPECT_EQ(locked_pages(), 9);
	EXPECT_EQ(resident(stack - 5 * PAGE, 5), 1);
	EXPECT_EQ(smaps_kb(stack - 5 * PAGE, "Locked:"), 20);

	/* All nine, although only one page is named. */
	CHECK_OK(mprotect(stack, PAGE, PROT_READ | PROT_GROWSDOWN));
	CHECK_MAPS(stack - 8 * PAGE, 12, "6r-- 3rw-");
	EXPECT_EQ(smaps_flag(stack - 5 * PAGE, "lo"), true);
	EXPECT_EQ(locked_pages(), 9);
	CHECK_FAULT(TOUCH_WRITE, stack - 5 * PAGE, SIGSEGV, SEGV_ACCERR);
	CHECK_OK(mprotect(stack, PAGE, RW | PROT_GROWSDOWN));
	EXPECT_EQ(
		resident(stack - 5 * PAGE, 9), 9); /* locked memory that can be written is there */

	CHECK_OK(munlock(stack - 5 * PAGE, 2 * PAGE));
	stack[-7 * (long)PAGE] = 1;
	EXPECT_EQ(locked_pages(), 7);
	EXPECT_EQ(smaps_flag(stack - 7 * PAGE, "lo"), false);
	CHECK_MAPS(stack - 8 * PAGE, 12, "4rw- 7rw-");
	CHECK_OK(munmap(stack - 7 * PAGE, 11 * PAGE));
	EXPECT_EQ(locked_pages(), 0);
}

static void on_fault(void)
{
	char *stack = make_stack();

	CHECK_OK(mlock2(stack, 4 * PAGE, MLOCK_ONFAULT));
	CHECK_EQ(resident(stack, 4), 0);
	stack[-5 * (long)PAGE] = 1;
	EXPECT_EQ(locked_pages(), 9);
	EXPECT_EQ(resident(stack - 5 * PAGE, 9), 1);
	EXPECT_EQ(smaps_kb(stack - 5 * PAGE, "Locked:"), 4);
}

static void own_stack(int flags, long grown)
{
	char here, *low;
	struct map_line line;
	long before;

	CHECK_OK(mlockall(flags));
	before = locked_pages();
	CHECK(map_of(&here, &line));
	low = (char *)line.start;
	low[-9 * (long)PAGE] = 1;
	EXPECT_EQ(locked_pages() - before, grown);
	EXPECT_EQ(smaps_flag(low - 9 * PAGE, "lo"), grown != 0);
	EXPECT_EQ(resident(low - 9 * PAGE, 9), 1);
	CHECK_OK(munlockall());
	EXPECT_EQ(locked_pages(), 0);
}

static void current(void)
{
	own_stack(MCL_CURRENT | MCL_FUTURE, 9);
}

static void future(void)
{
	char *stack;

	own_stack(MCL_FUTURE, 0);
	CHECK_OK(mlockall(MCL_FUTURE));
	stack = make_stack();
	CHECK_EQ(resident(stack, 4), 4);
	stack[-5 * (long)PAGE] = 1;
	EXPECT_EQ(locked_pages(), 9);
	EXPECT_EQ(resident(stack - 5 * PAGE, 5), 1);
}

TEST()
{
	struct rlimit limit = { 64 << 20, 64 << 20 };

	if (setrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		need_root("to lock so much memory");
	in_child(locked);
	in_child(on_fault);
	in_child(current);
	in_child(future);
}

// SPDX-License-Identifier: MIT
/*
 * madvise_stack.c: Advice about memory that grows down, and about the stack itself: it is heeded as that
 * of other memory; the space below into which it could grow is a hole (ENOMEM), and advice does not
 * make it grow; what grows later is one with the lowest part, and has its advice.
 */
#include "residence.h"

#define RW (PROT_READ | PROT_WRITE)

static const struct {
	int advice;
	const char *flag;
} recorded[] = {
	{ MADV_RANDOM, "rr" },
	{ MADV_SEQUENTIAL, "sr" },
	{ MADV_DONTFORK, "dc" },
	{ MADV_WIPEONFORK, "wf" },
	{ MADV_DONTDUMP, "dd" },
};

static char *make_stack(void)
{
	char *place = map_anon(1024, PROT_NONE), *stack = place + 1000 * PAGE;

	CHECK_OK(munmap(place, 1024 * PAGE));
	CHECK(mmap(stack, 8 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1,
		      0) == stack);
	memset(stack, 1, 8 * PAGE);
	return stack;
}

static void of_lowest_part(int advice, const char *flag)
{
	char *stack = make_stack();

	CHECK_OK(madvise(stack, 2 * PAGE, advice));
	CHECK_MAPS(stack - 10 * PAGE, 18, "2rw- 6rw-");
	CHECK_CAN(TOUCH_WRITE, stack - 3 * PAGE);
	CHECK_MAPS(stack - 10 * PAGE, 18, "5rw- 6rw-");
	EXPECT_EQ(smaps_flag(stack - 3 * PAGE, flag), true);
	EXPECT_EQ(smaps_flag(stack - 3 * PAGE, "gd"), true);
	EXPECT_EQ(smaps_flag(stack + 2 * PAGE, flag), false);
	CHECK_OK(munmap(stack - 3 * PAGE, 11 * PAGE));
}

static void of_space_below(void)
{
	static const int any[] = { MADV_NORMAL, MADV_RANDOM, MADV_WILLNEED, MADV_DONTNEED,
		MADV_FREE, MADV_COLD, MADV_PAGEOUT, MADV_DONTFORK, MADV_DONTDUMP,
		MADV_POPULATE_READ, MADV_POPULATE_WRITE };
	char *stack = make_stack();
	unsigned char answer;

	for (size_t i = 0; i < NR_ITEMS(any); i++) {
		EXPECT_ERR(madvise(stack - PAGE, PAGE, any[i]), ENOMEM);
		EXPECT_ERR(madvise(stack - 4 * PAGE, 6 * PAGE, any[i]), ENOMEM);
		EXPECT_ERR(mincore(stack - PAGE, PAGE, &answer), ENOMEM);
	}
}

static void what_goes(void)
{
	char *stack = make_stack();

	CHECK_OK(madvise(stack, 4 * PAGE, MADV_DONTNEED));
	CHECK_ALL(stack, 0, 4 * PAGE);
	CHECK_ALL(stack + 4 * PAGE, 1, 4 * PAGE);
	CHECK_OK(madvise(stack + 4 * PAGE, 4 * PAGE, MADV_FREE));
	EXPECT_EQ(smaps_kb(stack, "Private_Dirty:"), 0);
	CHECK_CAN(TOUCH_WRITE, stack - 3 * PAGE);
	CHECK_MAPS(stack - 10 * PAGE, 18, "11rw-");
}

/* The stack of this process: the lowest page that it has. */
static void of_the_stack(void)
{
	char here, *low;
	struct map_line line;
	pid_t pid;

	CHECK(map_of(&here, &line));
	low = (char *)line.start - 20 * PAGE;
	low[0] = low[19 * PAGE] = 7;
	CHECK_OK(madvise(low, PAGE, MADV_DONTNEED));
	EXPECT_EQ(low[0], 0);
	low[0] = 7;
	CHECK_OK(madvise(low, 4 * PAGE, MADV_WIPEONFORK));
	CHECK_OK(madvise(low + 4 * PAGE, 4 * PAGE, MADV_DONTFORK));
	CHECK(map_of(&here, &line));
	CHECK_STR(line.path, "[stack]");
	low[-5 * (long)PAGE] = 8; /* it grows */
	pid = fork_child();
	if (pid == 0) {
		EXPECT_EQ(low[0], 0);
		EXPECT_EQ(low[-5 * (long)PAGE], 0);
		EXPECT_EQ(low[19 * PAGE], 7);
		/* In the child the lower part is a stack without a name, and grows. */
		EXPECT_CAN(TOUCH_WRITE, low - 10 * PAGE);
		EXPECT_CAN(TOUCH_WRITE, low + 5 * PAGE); /* down from the upper part */
		child_done();
	}
	CHECK_EXITS(pid, 0);
	EXPECT_EQ(low[-5 * (long)PAGE], 8);
}

TEST()
{
	for (size_t i = 0; i < NR_ITEMS(recorded); i++)
		of_lowest_part(recorded[i].advice, recorded[i].flag);
	of_space_below();
	what_goes();
	in_child(of_the_stack);
}

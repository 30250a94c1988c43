// SPDX-License-Identifier: MIT
/*
 * stack_rlimit_lowered.c: RLIMIT_STACK lowered below what the stack has grown to already: that stays
 * usable, but it grows no further, not for a system call either (EFAULT); raised again, it does. So
 * for a mapping with MAP_GROWSDOWN.
 */
#include "test.h"

static void limit_stack(size_t bytes)
{
	struct rlimit limit;

	CHECK_OK(getrlimit(RLIMIT_STACK, &limit));
	limit.rlim_cur = bytes;
	CHECK_OK(setrlimit(RLIMIT_STACK, &limit));
}

TEST()
{
	char here, *low, *grows, *place;
	struct gate gate = gate_make();
	struct map_line line;

	limit_stack(4 << 20);
	CHECK(map_of(&here, &line));
	low = (char *)line.end - (2 << 20);
	CHECK((char *)line.start > low);
	CHECK_CAN(TOUCH_WRITE, low);
	gate_give(gate);

	limit_stack(1 << 20);
	CHECK_CAN(TOUCH_WRITE, low);
	CHECK_CAN(TOUCH_WRITE, low + 300 * PAGE);
	CHECK_FAULT(TOUCH_WRITE, low - 1, SIGSEGV, SEGV_MAPERR);
	CHECK_ERR(read(gate.fd[0], low - 20, 1), EFAULT);
	CHECK(map_of(low, &line));
	CHECK_EQ(line.start, (uintptr_t)low);

	limit_stack(3 << 20);
	CHECK_CAN(TOUCH_WRITE, low - 1);
	CHECK_EQ(read(gate.fd[0], low - 2 * PAGE - 20, 1), 1);
	CHECK_FAULT(TOUCH_WRITE, line.end - (3 << 20) - 1, SIGSEGV, SEGV_MAPERR);
	CHECK_CAN(TOUCH_WRITE, line.end - (3 << 20));

	place = map_anon(2048, PROT_NONE);
	CHECK_OK(munmap(place, 2048 * PAGE));
	grows = mmap(place + 2000 * PAGE, 4 * PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	CHECK(grows == place + 2000 * PAGE);
	limit_stack(8 * PAGE);
	CHECK_FAULT(TOUCH_WRITE, grows - 4 * PAGE - 1, SIGSEGV, SEGV_MAPERR);
	CHECK_CAN(TOUCH_WRITE, grows - 4 * PAGE);
}

// SPDX-License-Identifier: MIT
/*
 * mlock_limit.c: RLIMIT_MEMLOCK bounds what others than root lock: mlock gives ENOMEM (what is
 * locked already is not counted twice), mmap and mremap EAGAIN, brk does not move, a locked stack
 * does not grow; with a limit of 0 nothing may be locked: EPERM. Root may lock what it likes.
 */
#include "test.h"

#define RW (PROT_READ | PROT_WRITE)

static void set_limit(size_t nr_pages)
{
	struct rlimit limit = { nr_pages * PAGE, 1000 * PAGE };

	CHECK_OK(setrlimit(RLIMIT_MEMLOCK, &limit));
}

static void check_brk(void)
{
	long heap = syscall(SYS_brk, 0);

	set_limit(16);
	CHECK_OK(mlockall(MCL_FUTURE));
	CHECK_EQ(syscall(SYS_brk, heap + 8 * PAGE), heap + 8 * PAGE);
	CHECK_EQ(syscall(SYS_brk, heap + 40 * PAGE), heap + 8 * PAGE);
	CHECK_ERR(mmap(NULL, 9 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EAGAIN);
	CHECK_OK(mmap(NULL, 7 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	CHECK_OK(munlockall());
	CHECK_EQ(syscall(SYS_brk, heap + 40 * PAGE), heap + 40 * PAGE);
}

static void check_stack(void)
{
	char *place = map_anon(2048, PROT_NONE), *stack = place + 2044 * PAGE;

	CHECK_OK(munmap(place, 2048 * PAGE));
	set_limit(8);
	CHECK(mmap(stack, 4 * PAGE, RW,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_LOCKED | MAP_FIXED, -1,
		      0) == stack);
	CHECK_CAN(TOUCH_WRITE, stack - 2 * PAGE);
	CHECK_FAULT(TOUCH_WRITE, stack - 12 * PAGE, SIGSEGV, SEGV_MAPERR);
	set_limit(16);
	CHECK_CAN(TOUCH_WRITE, stack - 12 * PAGE);
	CHECK_OK(munmap(place, 2048 * PAGE));
}

static void as_other(void)
{
	char *p = map_anon(32, RW), *q;

	set_limit(16);
	CHECK_ERR(mlock(p, 17 * PAGE), ENOMEM);
	CHECK_OK(mlock(p, 16 * PAGE));
	CHECK_OK(mlock(p, 16 * PAGE));
	CHECK_ERR(mlock(p + 16 * PAGE, PAGE), ENOMEM);
	CHECK_ERR(mlock(p + 8 * PAGE, 16 * PAGE), ENOMEM);
	CHECK_OK(munlock(p, 8 * PAGE));
	CHECK_OK(mlock(p + 8 * PAGE, 16 * PAGE));
	CHECK_ERR(mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0), EAGAIN);
	CHECK_OK(munlock(p, 32 * PAGE));
	q = CHECK_OK(mmap(NULL, 16 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0));
	CHECK_ERR(mremap(q, 16 * PAGE, 17 * PAGE, MREMAP_MAYMOVE), EAGAIN);
	CHECK_OK(mremap(q, 16 * PAGE, 15 * PAGE, 0));
	CHECK_ERR(mlockall(MCL_CURRENT), ENOMEM);
	CHECK_OK(munlockall());
	check_brk();
	check_stack();
	CHECK_OK(munlockall());

	set_limit(0);
	CHECK_ERR(mlock(p, PAGE), EPERM);
	CHECK_ERR(syscall(SYS_mlock2, p, PAGE, MLOCK_ONFAULT), EPERM);
	CHECK_ERR(mlockall(MCL_FUTURE), EPERM);
	/* musl makes ENOMEM of this error. */
	CHECK_ERR(
		syscall(SYS_mmap, NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0),
		EPERM);
	CHECK_OK(munlock(p, PAGE));
	CHECK_OK(munlockall());
}

TEST()
{
	pid_t pid;

	if (geteuid() == 0) {
		char *p = map_anon(64, RW);

		set_limit(4);
		CHECK_OK(mlock(p, 64 * PAGE));
		set_limit(0);
		CHECK_OK(mlock(p, 64 * PAGE));
		set_limit(1000);
	}
	pid = fork_child();
	if (pid == 0) {
		if (geteuid() == 0)
			become_other();
		as_other();
		child_done();
	}
	CHECK_EXITS(pid, 0);
}

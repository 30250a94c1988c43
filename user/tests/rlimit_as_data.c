// SPDX-License-Identifier: MIT
/*
 * rlimit_as_data.c: RLIMIT_AS and RLIMIT_DATA bound all that makes an address space larger: mmap,
 * mremap (ENOMEM), brk (which does not move), and stacks (SIGSEGV; they are no data). What shrinks,
 * or takes the place of something, is always permitted.
 */
#include "residence.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define SIZE (4UL << 20)

static size_t status_bytes(const char *name)
{
	return (size_t)status_kb(name) << 10;
}

static void limit_to(int resource, size_t bytes)
{
	struct rlimit limit = { bytes, RLIM_INFINITY };

	CHECK_OK(setrlimit(resource, &limit));
}

static char *grows_down(void)
{
	char *place = CHECK_OK(mmap(NULL, SIZE, PROT_NONE, ANON, -1, 0)), *stack;

	CHECK_OK(munmap(place, SIZE));
	stack = place + SIZE - PAGE;
	CHECK(mmap(stack, PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0) == stack);
	return stack;
}

static void check_growth(char *p, long heap)
{
	CHECK_ERR(mremap(p, SIZE, 2 * SIZE, MREMAP_MAYMOVE), ENOMEM);
	CHECK_EQ(syscall(SYS_brk, heap + SIZE), heap);
	CHECK_EQ(syscall(SYS_brk, heap + 2 * PAGE), heap + 2 * PAGE);
	CHECK_EQ(syscall(SYS_brk, heap), heap);
	CHECK(mmap(p, SIZE, RW, ANON | MAP_FIXED, -1, 0) == p);
	CHECK(mremap(p, SIZE, SIZE / 2, 0) == p);
	CHECK(mremap(p, SIZE / 2, SIZE, 0) == p);
}

TEST()
{
	char *p = CHECK_OK(mmap(NULL, SIZE, RW, ANON, -1, 0)), *stack = grows_down();
	long heap = syscall(SYS_brk, 0);

	limit_to(RLIMIT_AS, status_bytes("VmSize:") + SIZE / 4);
	CHECK_ERR(mmap(NULL, SIZE / 2, PROT_NONE, ANON, -1, 0), ENOMEM);
	CHECK_ERR(mmap(NULL, SIZE / 2, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0), ENOMEM);
	CHECK_FAULT(TOUCH_WRITE, stack - SIZE / 2, SIGSEGV, SEGV_MAPERR);
	check_growth(p, heap);
	limit_to(RLIMIT_AS, RLIM_INFINITY);

	limit_to(RLIMIT_DATA, status_bytes("VmData:") + SIZE / 4);
	CHECK_CAN(TOUCH_WRITE, stack - SIZE / 2);
	CHECK_OK(mmap(NULL, SIZE, PROT_READ, ANON, -1, 0));
	check_growth(p, heap);
}

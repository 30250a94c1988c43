// SPDX-License-Identifier: MIT
/*
 * mprotect_while_truncated.c: A process splits and merges a shared mapping of a file all the time,
 * another one, in the same address space, truncates the file: after that each page of the mapping
 * gives SIGBUS, whatever the first one was doing at that moment.
 */
#include "test.h"

#define NR_PAGES 8
#define ROUNDS   1000

static char *mapping; /* its second half is split off and merged again */
static volatile bool enough;
static sigjmp_buf again;

static int split_and_merge(void *unused)
{
	(void)unused;
	while (!enough) {
		mprotect(mapping + NR_PAGES / 2 * PAGE, NR_PAGES / 2 * PAGE, PROT_READ);
		mprotect(
			mapping + NR_PAGES / 2 * PAGE, NR_PAGES / 2 * PAGE, PROT_READ | PROT_WRITE);
	}
	return 0;
}

static void on_bus(int signo)
{
	(void)signo;
	siglongjmp(again, 1);
}

static bool is_readable(const volatile char *p)
{
	if (sigsetjmp(again, 1))
		return false;
	(void)*p;
	return true;
}

TEST_IN_DIR()
{
	static char stack[8 * PAGE] __attribute__((aligned(16)));
	int fd = make_file("a", NR_PAGES * PAGE), readable = 0;
	pid_t pid;

	enough = false;
	signal(SIGBUS, on_bus);
	mapping = CHECK_OK(mmap(NULL, NR_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	pid = CHECK_OK(clone(split_and_merge, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL));
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < NR_PAGES / 2; i++)
			mapping[i * PAGE] = 'x';
		CHECK_OK(ftruncate(fd, 0));
		for (int i = 0; i < NR_PAGES / 2; i++)
			readable += is_readable(mapping + i * PAGE);
		CHECK_OK(ftruncate(fd, NR_PAGES * PAGE));
	}
	enough = true;
	CHECK_EXITS(pid, 0);
	CHECK_EQ(readable, 0);
}

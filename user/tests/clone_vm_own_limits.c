// SPDX-License-Identifier: MIT
/*
 * clone_vm_own_limits.c: Processes that share their memory (vfork, CLONE_VM) have limits of their
 * own: RLIMIT_AS, RLIMIT_DATA and RLIMIT_MEMLOCK that the child sets bind what the child does, not
 * what its parent does with the same memory.
 */
#include "test.h"

static void *more(size_t nr_pages)
{
	return mmap(
		NULL, nr_pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static char *page;

static int child(void *unused)
{
	const struct rlimit none = { 0, 0 };

	(void)unused;
	if (setrlimit(RLIMIT_MEMLOCK, &none) < 0 || mlock(page, PAGE) != -1 || errno != EPERM)
		return 1;
	if (setrlimit(RLIMIT_DATA, &none) < 0 || more(1) != MAP_FAILED || errno != ENOMEM)
		return 2;
	if (setrlimit(RLIMIT_AS, &none) < 0 || more(1) != MAP_FAILED || errno != ENOMEM)
		return 3;
	return 0;
}

static void run(int flags)
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));
	pid_t pid = CHECK_OK(clone(child, stack + sizeof(stack), CLONE_VM | flags | SIGCHLD, NULL));
	void *mapped;

	CHECK_EXITS(pid, 0);
	mapped = more(100);
	CHECK(mapped != MAP_FAILED);
	CHECK_OK(mlock(page, PAGE));
	CHECK_OK(munlock(page, PAGE));
	CHECK_OK(munmap(mapped, 100 * PAGE));
}

static void as_other(void)
{
	if (geteuid() == 0)
		become_other();
	page = map_anon(1, PROT_READ | PROT_WRITE);
	run(0);
	run(CLONE_VFORK);
}

TEST()
{
	in_child(as_other);
}

// SPDX-License-Identifier: MIT
/*
 * madvise_free_fork.c: MADV_FREE of memory that a relative shares takes nothing from him; and what
 * was given up before the fork is either there or zeros in both.
 */
#include "test.h"

static void check_either(const char *p, int value)
{
	CHECK_ALL(p, p[0] ? value : 0, PAGE);
}

TEST()
{
	char *p = map_anon(2, PROT_READ | PROT_WRITE);
	struct gate given = gate_make();
	pid_t pid;

	memset(p, 4, 2 * PAGE);
	CHECK_OK(madvise(p + PAGE, PAGE, MADV_FREE));
	pid = fork_child();
	if (pid == 0) {
		CHECK_OK(madvise(p, PAGE, MADV_FREE));
		gate_give(given);
		check_either(p + PAGE, 4);
		p[PAGE] = 9;
		child_done();
	}
	gate_wait(given);
	madvise(p, 2 * PAGE, MADV_PAGEOUT);
	CHECK_ALL(p, 4, PAGE);
	CHECK_EXITS(pid, 0);
	CHECK_ALL(p, 4, PAGE);
	check_either(p + PAGE, 4);
	/* Moved, a page that was given up is still one or the other. */
	CHECK_OK(madvise(p, 2 * PAGE, MADV_FREE));
	p = CHECK_OK(mremap(
		p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, map_anon(2, PROT_NONE)));
	madvise(p, 2 * PAGE, MADV_PAGEOUT);
	check_either(p, 4);
	check_either(p + PAGE, 4);
	p[0] = 8;
	CHECK_EQ(p[0], 8);
}

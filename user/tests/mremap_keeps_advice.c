// SPDX-License-Identifier: MIT
/*
 * mremap_keeps_advice.c: What was advised of a mapping goes along when mremap(2) moves it, and stays with
 * the empty mapping that MREMAP_DONTUNMAP leaves: what is shown (VmFlags), and what a child gets.
 */
#include "residence.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#define TO (MREMAP_MAYMOVE | MREMAP_FIXED)

static char *move(char *from, size_t nr_pages, char *to, int flags)
{
	return CHECK_OK(mremap(from, nr_pages * PAGE, nr_pages * PAGE, TO | flags, to));
}

TEST()
{
	int rw = PROT_READ | PROT_WRITE;
	char *p = map_anon(8, rw), *to = map_anon(16, PROT_NONE);
	char *wiped = to + PAGE, *kept = to + 4 * PAGE, *shown = to + 7 * PAGE,
	     *away = to + 10 * PAGE;
	pid_t pid;

	memset(p, 7, 8 * PAGE);
	CHECK_OK(madvise(p, 2 * PAGE, MADV_WIPEONFORK));
	CHECK_OK(madvise(p + 2 * PAGE, 2 * PAGE, MADV_DONTFORK));
	CHECK_OK(madvise(p + 4 * PAGE, 2 * PAGE, MADV_DONTDUMP));
	CHECK_OK(madvise(p + 4 * PAGE, 2 * PAGE, MADV_SEQUENTIAL));
	move(p, 2, wiped, 0);
	move(p + 2 * PAGE, 2, kept, 0);
	move(p + 4 * PAGE, 2, shown, 0);
	CHECK_EQ(smaps_flag(wiped, "wf"), true);
	CHECK_EQ(smaps_flag(kept, "dc"), true);
	CHECK_EQ(smaps_flag(shown, "dd") && smaps_flag(shown, "sr"), true);
	move(wiped, 2, away, MREMAP_DONTUNMAP);
	CHECK_EQ(smaps_flag(wiped, "wf") && smaps_flag(away, "wf"), true);

	wiped[0] = 8;
	pid = fork_child();
	if (pid == 0) {
		CHECK_ALL(wiped, 0, 2 * PAGE);
		CHECK_ALL(away, 0, 2 * PAGE);
		CHECK_FAULT(TOUCH_READ, kept, SIGSEGV, SEGV_MAPERR);
		CHECK_ALL(shown, 7, 2 * PAGE);
		CHECK_EQ(smaps_flag(away, "wf"), true);
		child_done();
	}
	CHECK_EXITS(pid, 0);
	CHECK_ALL(away, 7, 2 * PAGE);
	CHECK_ALL(kept, 7, 2 * PAGE);
	CHECK_EQ(wiped[0], 8);
}

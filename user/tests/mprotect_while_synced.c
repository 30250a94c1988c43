// SPDX-License-Identifier: MIT
/*
 * mprotect_while_synced.c: One process splits and merges a shared mapping of a file all the time,
 * another one syncs the file, a third one, in the same address space, stores through the mapping.
 * No store is lost: each is there when the pages were written, dropped and read again.
 */
#include "test.h"

#define NR_PAGES 8
#define ROUNDS   300
#define STORES   50 /* in a round, to each page */

static char *mapping; /* its second half is split off and merged again */
static int fd;
static volatile bool enough;

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

static int sync_file(void *unused)
{
	(void)unused;
	while (!enough)
		fsync(fd);
	return 0;
}

static volatile int *word_of(int page)
{
	return (volatile int *)(mapping + page * PAGE);
}

static void drop_pages(void)
{
	CHECK_OK(fsync(fd));
	CHECK_OK(madvise(mapping, NR_PAGES * PAGE, MADV_DONTNEED));
	CHECK_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
}

TEST_IN_DIR()
{
	static char stacks[2][8 * PAGE] __attribute__((aligned(16)));
	pid_t splitter, syncer;
	int lost = 0;

	enough = false;
	fd = make_file("a", NR_PAGES * PAGE);
	mapping = CHECK_OK(mmap(NULL, NR_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	splitter = CHECK_OK(
		clone(split_and_merge, stacks[0] + sizeof(stacks[0]), CLONE_VM | SIGCHLD, NULL));
	syncer =
		CHECK_OK(clone(sync_file, stacks[1] + sizeof(stacks[1]), CLONE_VM | SIGCHLD, NULL));
	for (int round = 0; round < ROUNDS; round++) {
		for (int store = 1; store <= STORES; store++)
			for (int i = 0; i < NR_PAGES / 2; i++)
				*word_of(i) = round * STORES + store;
		drop_pages();
		for (int i = 0; i < NR_PAGES / 2; i++)
			lost += *word_of(i) != (round + 1) * STORES;
	}
	enough = true;
	CHECK_EXITS(splitter, 0);
	CHECK_EXITS(syncer, 0);
	CHECK_EQ(lost, 0);
}
